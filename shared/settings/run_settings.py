"""The variables that every blueprint has: they are about the run, not about the vendor."""

from shared.artifacts.files import DEFAULT_DIRECTORY
from shared.settings.declaration import Settings, Variable
from shared.settings.kinds import BOOLEAN, FOLDER, LOCAL_TEXT, Kind, select
from shared.settings.spans import seconds
from shared.settings.unknown_names import IGNORE

OUTPUT_DIRECTORY = "SLIPWAY_OUTPUT_DIRECTORY"
KESTRA_OUTPUTS = "SLIPWAY_KESTRA_OUTPUTS"
TERMINATION_LOG = "SLIPWAY_TERMINATION_LOG"
NOTIFY_URL = "SLIPWAY_NOTIFY_URL"
NOTIFY_ON = "SLIPWAY_NOTIFY_ON"


def _webhook(text: str) -> str:
    from shared.settings.webhook import webhook  # imported only if it is needed

    return webhook(text)


def _webhook_secrets(url: str) -> list[str]:
    from shared.settings.webhook import webhook_secrets

    return webhook_secrets(url)


class RunSettings(Settings):
    """The run's variables. Subclasses add those of the vendor and of the blueprint."""

    rank = 2
    run_id = Variable("SLIPWAY_RUN_ID", LOCAL_TEXT, "a name for this run that stays the same when it is retried", None)
    shipyard_log_id = Variable("SHIPYARD_LOG_ID", LOCAL_TEXT, "the run id if SLIPWAY_RUN_ID is not given", None)
    upstream_run_ids = Variable(
        "SLIPWAY_UPSTREAM_RUN_IDS", LOCAL_TEXT, "run ids of the previous steps, comma-separated", None
    )
    shipyard_upstream = Variable(
        "SHIPYARD_FLEET_UPSTREAM_LOG_IDS", LOCAL_TEXT, "the same if SLIPWAY_UPSTREAM_RUN_IDS is not given", None
    )
    artifacts_directory = Variable(
        "SHIPYARD_ARTIFACTS_DIRECTORY",
        FOLDER,
        "folder for all files, absolute or below the working directory",
        DEFAULT_DIRECTORY,
    )
    output_directory = Variable(
        OUTPUT_DIRECTORY,
        FOLDER,
        "a folder that gets each field of the result as a file (Argo Workflows, Tekton)",
        None,
    )
    kestra_outputs = Variable(KESTRA_OUTPUTS, BOOLEAN, "TRUE also writes the result as Kestra's outputs line", False)
    termination_log = Variable(
        TERMINATION_LOG, FOLDER, "Kubernetes' terminationMessagePath if it is not /dev/termination-log", None
    )
    notify_url = Variable(
        NOTIFY_URL,
        Kind("URL", _webhook, secrets=_webhook_secrets),
        "address of a webhook, such as Slack's, that gets a notice of each final failure; https only",
        None,
    )
    notify_on = Variable(
        NOTIFY_ON,
        select("failure", "all"),
        "failure: a notice only if the run failed and a retry cannot help; all: of every run",
        "failure",
    )
    dry_run = Variable(
        "SLIPWAY_DRY_RUN", BOOLEAN, "TRUE reads, prints the request that would be sent, and changes nothing", False
    )
    ignore = Variable(
        IGNORE, LOCAL_TEXT, "names of other programs' variables that look like misspelt settings, comma-separated", None
    )
    retry_timeout = Variable(
        "SLIPWAY_RETRY_TIMEOUT",
        seconds(0, 3600),
        "seconds for which a failed call is retried",
        60.0,
    )
    read_timeout = Variable(
        "SLIPWAY_READ_TIMEOUT", seconds(1, 3600), "seconds to wait for an answer; five times that for setup tests", 60.0
    )
