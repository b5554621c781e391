"""Which answer of the emulator corresponds to a recorded one, and the differences that have a reason."""

from typing import NamedTuple

CALL_OF = {
    "fivetran/connectors_create_201_s3_connected_v1_2023-06-27.json": "creation",
    "fivetran/connectors_create_201_s3_connected_v1_2023-07-06.json": "creation",
    "fivetran/connectors_create_201_google_ads_setup_test_failed_incomplete_v1_2023-07-12.json": "creation",
    "fivetran/connectors_create_201_google_ads_connected_paused_v1_2023-07-19.json": "creation",
    "fivetran/connectors_create_201_google_ads_connected_paused_v1_2023-07-27.json": "creation",
    "fivetran/connectors_create_201_google_ads_setup_test_failed_incomplete_v1_2023-12-04.json": "creation",
    "fivetran/connectors_create_201_postgres_rds_connected_paused_2021-10-12.json": "creation",
    "fivetran/connectors_patch_200_unpaused_warning_faulty_row_3_digit_stamp_v1_2023-07-19.json": "update",
    "fivetran/connectors_delete_200.json": "deletion",
    "fivetran/connectors_delete_200_2021.json": "deletion",
    "fivetran/connectors_schemas_tables_resync_200_2023.json": "table resync",
    "fivetran/connections_details_200_paused_google_sheets_warning_details_object_2025-10-06.json": "details",
    "fivetran/connectors_details_200_gcs_manual_daily_2023-01-05.json": "details",
    "fivetran/connectors_details_200_google_sheets_2021-03-23.json": "details",
    "fivetran/connectors_details_200_google_drive_scheduled_2023-04-25.json": "details",
    "fivetran/connectors_details_200_snowflake_db_paused_2023-04-19.json": "details",
    "fivetran/connectors_details_data_postgres_rds_6_digits_2022-07-25.json": "details",
    "fivetran/connectors_force_200_2022-06.json": "force",
    "fivetran/account_list_403_forbidden_2023-09-26.json": "users forbidden",
    "fivetran/connections_patch_400_no_parameters_2026-05-28.json": "nothing to update",
    "fivetran/connectors_patch_400_unsupported_service_2021-11-24.json": "unsupported service",
    "fivetran/connectors_patch_400_private_link_2025-07-08.json": "private link",
    "fivetran/connectors_create_400_sunset_field_2023-10-05.json": "invalid creation",
    "fivetran/connectors_create_429_per_minute_2023-01-13.json": "too many creations",
    "fivetran/schemas_404_no_such_route_2024-01-23.json": "no such path",
    "fivetran/metadata_api_404_deprecated_2025-01-30.json": "no such path",
    "fivetran/schemas_patch_400_columns_unsupported_2024-07-01.json": "columns unsupported",
    "fivetran/schemas_reload_400_setup_incomplete_2023-10-05.json": "reload while incomplete",
    "fivetran/groups_list_200_last_page_2023-04-10.json": "groups",
    "fivetran/groups_item_2022-07-25.json": "groups",
    "fivetran/groups_connectors_200_page_with_next_cursor_2023-04-25.json": "group connections",
    "fivetran/groups_connectors_200_last_page_paused_2023-04-19.json": "group connections",
    "fivetran/metadata_connectors_200_2023-05.json": "connector types",
    "fivetran/destinations_details_200_2023-04.json": "destination",
    "airbyte/public_jobs_get_200_succeeded_2026-07-24.json": "public job",
    "airbyte/public_jobs_list_item_succeeded_2026-03-16.json": "public jobs",
    "airbyte/public_jobs_post_200_running_2026-07-24.json": "public job started",
    "airbyte/public_jobs_post_200_running_2026-03-16.json": "public job started",
    "airbyte/public_jobs_post_200_running_2026-03-16.http": "public job started",
    "airbyte/config_connections_sync_200_running_2023-02-06.json": "configuration sync",
    "airbyte/config_connections_sync_409_running_2023-05-09.json": "configuration conflict, old",
    "airbyte/config_connections_sync_409_running_2026-07-25.json": "configuration conflict, old",
    "airbyte/config_any_500_not_implemented_2025-08-28.json": "configuration bug, old",
    "airbyte/config_connections_history_500_null_pointer_2024-06-11.json": "configuration bug, old",
    "airbyte/config_health_200_2022-11-15.json": "configuration health",
    "airbyte/config_applications_token_400_bad_client_2025-08-28.json": "configuration token refused",
    "airbyte/public_applications_token_400_bad_client_2025-08-28.json": "public token refused",
    "airbyte/public_any_401_2025-12-04.json": "public unauthorized",
    "airbyte/public_400_value_not_found_2025-02-28.json": "public invalid",
    "airbyte/cloud_public_422_unprocessable_entity_2023-07-19.http": "public unprocessable",
    "airbyte/cloud_public_422_unprocessable_entity_2023-07-19.json": "public unprocessable",
    "airbyte/cloud_public_500_unexpected_problem_2024-07-11.json": "public problem",
    "airbyte/cloud_gateway_404_not_defined_2024-07-17.json": "gateway",
    "airbyte/proxy_401_basic_2025-06-26.http": "proxy with passwords",
}
"""The emulator's call for each file with a recorded answer."""

PARTS = {
    "fivetran/connectors_details_data_postgres_rds_6_digits_2022-07-25.json": ".data",
    "fivetran/groups_item_2022-07-25.json": ".data.items[]",
    "airbyte/public_jobs_list_item_succeeded_2026-03-16.json": ".data[]",
}
"""The part of an answer that was recorded, if not the whole."""

RETIRED = "the metadata of schemas, tables and columns was retired in 2025"
EVENT = "an event of Fivetran's log, no answer of its API"
OLD_SERVER = "an answer of Airbyte's separate API server, which was removed in 2024"
BY_A_ROUTE = "an answer of a web server in front of Airbyte; a scenario's routes play such ones"
NOT_EMULATED = {
    "fivetran/metadata_connector_columns_200_2023-04.json": RETIRED,
    "fivetran/metadata_connector_schemas_200_2023-04.json": RETIRED,
    "fivetran/metadata_connector_tables_200_2023-04.json": RETIRED,
    "fivetran/log_status_rescheduled_2023-03-20.json": EVENT,
    "fivetran/log_warning_retry_api_call_2023-03-20.json": EVENT,
    "airbyte/public_404_about_blank_2024-06-25.json": OLD_SERVER,
    "airbyte/public_500_about_blank_2023-08-31.json": OLD_SERVER,
    "airbyte/nginx_405_2023-10-20.http": BY_A_ROUTE,
    "airbyte/nginx_502_2025-03-03.html": BY_A_ROUTE,
}


class Difference(NamedTuple):
    """A difference that stays. ``calls`` and ``what`` are patterns of calls and of the texts of ``differences``."""

    calls: str
    what: str
    reason: str


CONNECTIONS = "creation|details|update|group connections"
DIFFERENCES = [
    Difference(
        CONNECTIONS,
        r".*\.(data_delay_sensitivity|data_delay_threshold|destination_schema_names|networking_method|private_link_id"
        r"|proxy_agent_id|source_sync_details|schema_status): is not seen",
        "the field is newer than most of the recordings; Fivetran's document of August 2026 has it",
    ),
    Difference(
        "group connections|groups|connector types",
        r"\.message: is not seen",
        "lists have a message since early 2026, and were recorded before",
    ),
    Difference(
        "connector types",
        r".*\.(connector_class|icons|link_to_docs|link_to_erd|service_status|service_status_updated_at"
        r"|supported_features): is not seen",
        "the field is newer than the recording of 2023",
    ),
    Difference("update", r"\.data\.config: is not seen", "recorded with Accept version 1, which shows less"),
    Difference(
        "details", r"\.data\.pause_after_trial: is not seen", "recorded in 2021, and edited by those who keep it"
    ),
    Difference(
        "configuration conflict, old",
        r"\.(exceptionStack|rootCauseExceptionStack): is not seen",
        "those who reported it left stacks out",
    ),
    Difference("configuration bug, old", r"\.rootCauseExceptionStack: is not seen", "the stack was cut"),
    Difference(
        "configuration sync",
        r"\.(attempts\[\]\.logType|job\.aggregatedStats|job\.startedAt): is not seen",
        "recorded in February 2023; the field is in the server's source of August 2026",
    ),
    Difference(
        "public invalid",
        r"\.data\.(value: is seen|message: is not seen)",
        "what `data` of a problem holds depends on the problem: here an unknown connector type, which is not emulated",
    ),
    Difference(
        "public unprocessable",
        r"\.documentationUrl: is not seen",
        "recorded in 2023; problems have it since 2024, as other recordings show",
    ),
]
