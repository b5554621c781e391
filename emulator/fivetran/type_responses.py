"""Connector types as the API shows them.

Documented at https://fivetran.com/docs/rest-api/api-reference/connector-metadata.
"""

from __future__ import annotations

from typing import Any

from emulator.fivetran.type_data import Service

RELEASED = "2019-06-01"
FEATURES = {
    "Database": ("CAPTURE_DELETES", "DATA_BLOCKING", "COLUMN_HASHING", "RE_SYNC", "HISTORY", "API_CONFIGURABLE"),
    "Function": ("CUSTOM_DATA", "API_CONFIGURABLE"),
}
FEATURES_ELSEWHERE = ("DATA_BLOCKING", "COLUMN_HASHING", "RE_SYNC", "API_CONFIGURABLE", "AUTHORIZATION_VIA_API")
SECRETS = ("password", "api_key", "access_key_secret", "auth_secret", "client_secret", "role_arn")
NUMBERS = ("port", "tunnel_port", "conversion_window_size", "api_usage_limit")
FLAGS = ("is_public", "sync_formula_fields", "sync_sensitive_data", "use_webhooks")
LISTS = ("accounts", "manager_accounts", "pats", "properties", "repositories")
TABLES = {
    "reports": ("table", "report_type"),
    "secrets_list": ("key", "value"),
}  # lists of objects, with their fields
READ_ONLY = ("external_id",)
CHOICES = {
    "auth_method": ("HMAC", "TOKEN_BASED", "NONE"),
    "auth_mode": ("JWT", "PersonalAccessToken", "OAuth"),
    "auth_type": ("IAM_ROLE", "PUBLIC_BUCKET", "ACCESS_KEY"),
    "google_sheets.auth_type": ("ServiceAccount", "OAuth"),
    "bucket_service": ("S3", "AZURE", "GCS", "Fivetran"),
    "connection_type": ("Directly", "PrivateLink", "SshTunnel", "ProxyAgent"),
    "sync_mode": ("AllAccounts", "SpecificAccounts"),
    "github.sync_mode": ("AllRepositories", "SpecificRepositories"),
    "google_ads.sync_mode": ("AllAccounts", "ManagerAccounts", "SpecificAccounts"),
    "google_analytics_4.sync_mode": ("ALL_ACCOUNTS", "SPECIFIC_ACCOUNTS"),
    "timeframe_months": ("THREE", "SIX", "TWELVE", "TWENTY_FOUR", "ALL_TIME"),
    "update_method": ("QUERY_BASED", "WAL_PGOUTPUT"),
}  # by name, or by service and name


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


def full(one: Service, with_required: bool = True) -> dict[str, Any]:
    """Return a connector type with the parameters of `config` and, if there are any, of `auth`.

    The fields that name the schema in the destination are not among them.
    """
    names = (*one.fields, *one.optional)
    needed = one.fields if with_required else ()
    found = {**short(one), "config": an_object({name: parameter(one, name) for name in names}, needed)}
    if one.tokens:
        client = an_object({name: parameter(one, name) for name in ("client_id", "client_secret")})
        tokens = {name: parameter(one, name) for name in one.tokens}
        found["auth"] = an_object({"client_access": client, **tokens}, one.tokens if one.auth and with_required else ())
    return found


def parameter(one: Service, name: str) -> dict[str, Any]:
    """Return one parameter in the form of JSON schema. A parameter with a choice of values is of type object."""
    found: dict[str, Any] = {
        "type": "string",
        "title": name.replace("_", " ").capitalize(),
        "description": f"The {name.replace('_', ' ')} of the source",
    }
    choices = CHOICES.get(f"{one.id}.{name}", CHOICES.get(name))
    if choices:
        found |= {"type": "object", "enum": list(choices)}
    elif name in NUMBERS:
        found |= {"type": "integer", "format": "int32"}
    elif name in FLAGS:
        found["type"] = "boolean"
    elif name in LISTS:
        found |= {"type": "array", "items": {"type": "string"}}
    elif name in TABLES:
        found |= {"type": "array", "items": an_object({each: {"type": "string"} for each in TABLES[name]})}
    elif name in SECRETS or name.endswith("token"):
        found["format"] = "password"
    if name in READ_ONLY:
        found["readonly"] = True
    return found


def an_object(properties: dict[str, Any], required: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the schema of an object."""
    found: dict[str, Any] = {"type": "object", "properties": properties}
    return {**found, "required": list(required)} if required else found
