"""The emulated connector types.

The parameters are some of those that Fivetran's OpenAPI document has for each service:
https://fivetran.com/docs/rest-api/api-reference.
"""

from __future__ import annotations

from dataclasses import dataclass

DATABASE = ("host", "port", "user", "password", "database")
TUNNEL = ("connection_type", "tunnel_host", "tunnel_port", "tunnel_user")
REFRESH = ("refresh_token",)
TABLE_GROUP = "table_group_name"


@dataclass(frozen=True)
class Service:
    """A connector type."""

    id: str
    name: str
    type: str
    fields: tuple[str, ...] = ()  # of config; required
    optional: tuple[str, ...] = ()  # of config
    names: tuple[str, ...] = ("schema",)  # fields of config that name the schema; not among the type's parameters
    tokens: tuple[str, ...] = ()  # of auth, beside client_access; empty: the type has no auth
    auth: bool = False  # whether it cannot be set up without auth
    table_resync: bool = True  # whether a re-sync can be limited to tables
    status: str = "general_availability"
    docs: str = "applications"


def database(service: str, name: str) -> Service:
    """Return the type of a database."""
    return Service(
        service, name, "Database", DATABASE, (*TUNNEL, "update_method"), ("schema_prefix",), docs="databases"
    )


def application(
    service: str, name: str, kind: str, fields: tuple[str, ...] = (), optional: tuple[str, ...] = ()
) -> Service:
    """Return the type of an application that is authorized by OAuth."""
    return Service(service, name, kind, fields, optional, tokens=REFRESH, auth=True)


SERVICES = {
    one.id: one
    for one in (
        database("azure_postgres", "Azure PostgreSQL Database"),
        Service(
            "connector_sdk",
            "Connector SDK",
            "Function",
            ("package_id",),
            ("python_version", "secrets_list"),
            table_resync=False,
            docs="connector-sdk",
        ),
        application("facebook_ads", "Facebook Ads", "Marketing", ("accounts",), ("sync_mode", "timeframe_months")),
        Service(
            "github",
            "GitHub",
            "Engineering",
            ("sync_mode",),
            ("auth_mode", "pats", "repositories", "use_webhooks", "username"),
        ),
        application(
            "google_ads",
            "Google Ads",
            "Marketing",
            ("accounts",),
            ("customer_id", "conversion_window_size", "manager_accounts", "reports", "sync_mode", "timeframe_months"),
        ),
        application(
            "google_analytics_4",
            "Google Analytics 4",
            "Marketing",
            ("accounts",),
            ("properties", "reports", "sync_mode", "timeframe_months"),
        ),
        Service(
            *("google_sheets", "Google Sheets", "File", ("sheet_id", "named_range"), ("auth_type",)),
            names=("schema", "table"),
            tokens=REFRESH,
            auth=True,
            table_resync=False,
            docs="files",
        ),
        application("hubspot", "HubSpot", "Marketing", optional=("client_secret", "sync_sensitive_data")),
        database("mysql", "MySQL"),
        database("postgres", "PostgreSQL"),
        Service(
            *("s3", "Amazon S3", "File", ("bucket", "role_arn")),
            optional=("access_key_id", "access_key_secret", "auth_type", "external_id", "is_public", "pattern"),
            names=("schema", TABLE_GROUP),
            docs="files",
        ),
        application(
            "salesforce", "Salesforce", "Sales", optional=("api_usage_limit", "base_url", "sync_formula_fields")
        ),
        database("sql_server_rds", "Amazon RDS for SQL Server"),
        Service("stripe", "Stripe", "Finance", ("api_key",), ("access_token", "backward_sync_limit")),
        Service(
            *("webhooks", "Webhooks", "Events", (), ("auth_method", "auth_secret", "bucket_service")),
            names=("schema", "table"),
            status="beta",
            docs="events",
        ),
        Service(
            *("zendesk", "Zendesk Support", "Support", ("domain", "email", "api_token"), ("backward_sync_limit",)),
            tokens=("access_token",),
        ),
    )
}
