"""Data of the emulated connector types."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

RELEASED = "2019-06-01"
FEATURES = {
    "Database": (
        "CAPTURE_DELETES",
        "DATA_BLOCKING",
        "COLUMN_HASHING",
        "RE_SYNC",
        "HISTORY",
        "API_CONFIGURABLE",
    ),
    "Function": ("CUSTOM_DATA", "API_CONFIGURABLE"),
}
FEATURES_ELSEWHERE = (
    "DATA_BLOCKING",
    "COLUMN_HASHING",
    "RE_SYNC",
    "API_CONFIGURABLE",
    "AUTHORIZATION_VIA_API",
)
DATABASE = ("host", "port", "user", "password", "database")
SECRETS = ("password", "api_key", "secret_key", "api_token", "access_key_secret", "client_secret")
NUMBERS = ("port",)


@dataclass(frozen=True)
class Service:
    """A connector type: required fields of `config`, whether it needs `auth`, and how it names its schema."""

    id: str
    name: str
    type: str
    fields: tuple[str, ...] = ()  # of config; all are required
    names: tuple[str, ...] = ("schema",)  # the fields of config that name the schema in the destination
    auth: bool = False  # OAuth: client_access and tokens
    table_resync: bool = True  # whether a re-sync can be limited to tables
    status: str = "general_availability"
    docs: str = field(default="applications")


SERVICES = {
    one.id: one
    for one in (
        Service(
            "azure_postgres",
            "Azure PostgreSQL Database",
            "Database",
            DATABASE,
            ("schema_prefix",),
            docs="databases",
        ),
        Service(
            "connector_sdk",
            "Connector SDK",
            "Function",
            ("package_id",),
            table_resync=False,
            docs="connector-sdk",
        ),
        Service("facebook_ads", "Facebook Ads", "Marketing", ("accounts",), auth=True),
        Service("github", "GitHub", "Engineering", ("sync_mode",), auth=True),
        Service("google_ads", "Google Ads", "Marketing", ("customers",), auth=True),
        Service("google_analytics_4", "Google Analytics 4", "Marketing", ("accounts",), auth=True),
        Service(
            *("google_sheets", "Google Sheets", "File", ("sheet_id", "named_range")),
            names=("schema", "table"),
            auth=True,
            table_resync=False,
            docs="files",
        ),
        Service("hubspot", "HubSpot", "Marketing", auth=True),
        Service("mysql", "MySQL", "Database", DATABASE, ("schema_prefix",), docs="databases"),
        Service("postgres", "PostgreSQL", "Database", DATABASE, ("schema_prefix",), docs="databases"),
        Service("s3", "Amazon S3", "File", ("bucket", "pattern", "role_arn"), ("schema", "table"), docs="files"),
        Service("salesforce", "Salesforce", "Sales", ("domain_type",), auth=True),
        Service(
            "sql_server_rds",
            "Amazon RDS for SQL Server",
            "Database",
            DATABASE,
            ("schema_prefix",),
            docs="databases",
        ),
        Service("stripe", "Stripe", "Finance", ("secret_key",)),
        Service("webhooks", "Webhooks", "Events", names=("schema", "table"), status="beta", docs="events"),
        Service("zendesk", "Zendesk Support", "Support", ("subdomain",), auth=True),
    )
}


def short(one: Service) -> dict[str, Any]:
    """Return a connector type's row in a list."""
    features = FEATURES.get(one.type, FEATURES_ELSEWHERE)
    return {
        "id": one.id,
        "name": one.name,
        "type": one.type,
        "description": f"{one.name} as a source of data",
        "icons": [],
        "icon_url": f"https://fivetran.com/integrations/{one.id}/resources/{one.id}-logo.svg",
        "link_to_docs": f"https://fivetran.com/docs/connectors/{one.docs}/{one.id.replace('_', '-')}",
        "link_to_erd": None,
        "connector_class": "standard",
        "supported_features": [{"id": feature} for feature in features],
        "service_status": one.status,
        "service_status_updated_at": RELEASED,
    }


def full(one: Service) -> dict[str, Any]:
    """Return a connector type with the parameters of `config` and, if there are any, of `auth`."""
    found = short(one)
    found["config"] = {
        "type": "object",
        "properties": {name: parameter(name) for name in (*one.names, *one.fields)},
        "required": [*one.names, *one.fields],
    }
    if one.auth:
        found["auth"] = {
            "type": "object",
            "properties": {
                "client_access": {
                    "type": "object",
                    "properties": {name: parameter(name) for name in ("client_id", "client_secret")},
                },
                "refresh_token": parameter("refresh_token"),
            },
            "required": ["refresh_token"],
        }
    return found


def parameter(name: str) -> dict[str, Any]:
    """Return one parameter in the form of JSON schema."""
    found: dict[str, Any] = {
        "type": "integer" if name in NUMBERS else "string",
        "title": name.replace("_", " ").capitalize(),
        "description": f"The {name.replace('_', ' ')} of the source",
    }
    if name in SECRETS or name.endswith("token"):
        found["format"] = "password"
    return found
