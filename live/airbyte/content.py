"""Guesses about the content of Airbyte's answers: connections and jobs."""

import re

from live.airbyte.account import Account, check
from live.report import Seen, seen_of
from shared.airbyte.job import ENDED, RUNNING

STATUSES = {"active", "inactive", "deprecated", "locked"}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z")


@check("connection-statuses")
def connection_statuses(account: Account) -> Seen:
    unknown = {one.status for one in account.connections} - STATUSES
    shown = ", ".join(sorted(re.sub(r"\W", "", status)[:40] or "none" for status in unknown))
    return not unknown, f"unknown: {shown}" if unknown else f"those of {len(account.connections)} are known"


@check("nulls")
def nulls(account: Account) -> Seen:
    found = sum(value is None for one in account.connections for value in one.data.values())
    return not found, f"{found} fields are null"


@check("job-statuses")
def job_statuses(account: Account) -> Seen:
    jobs, _ = account.jobs
    unknown = {job.status for job in jobs} - RUNNING - ENDED
    shown = ", ".join(sorted(re.sub(r"\W", "", status)[:40] or "none" for status in unknown))
    return not unknown, f"unknown: {shown}" if unknown else f"those of {len(jobs)} jobs are known"


@check("job-ids")
def job_ids(account: Account) -> Seen:
    jobs, _ = account.jobs
    moments = [job.created_at for job in jobs if job.created_at]
    if len(moments) < 2:
        return None, "one job has no order; AIRBYTE_CONNECTION_ID names a connection with more"
    grow = moments == sorted(moments, reverse=True)
    return grow, f"of {len(jobs)} jobs the newer have {'' if grow else 'not always '}the higher ids"


@check("job-times")
def job_times(account: Account) -> Seen:
    _, answer = account.jobs
    if account.own:
        times = [row["job"].get("createdAt") for row in answer.json["jobs"]]
        whole = [time for time in times if isinstance(time, int) and 10**9 < time < 10**10]
        return len(whole) == len(times), f"{len(whole)} of {len(times)} are whole seconds since the epoch"
    texts = [str(row.get("startTime")) for row in answer.json["data"]]
    known = [match for text in texts if (match := MOMENT.fullmatch(text))]
    without = sum(match[1] is None for match in known)
    return len(known) == len(texts), f"{len(known)} of {len(texts)} are ISO 8601 with Z, {without} without seconds"


@check("light-jobs")
def light_jobs(account: Account) -> Seen:
    if not account.own:
        return None, "only on the Configuration API"
    answer = account.client.ask("/jobs/get_light", {"id": account.jobs[0][0].id})
    return answer.status == 200, seen_of(answer)


@check("job-types")
def job_types(account: Account) -> Seen:
    if not account.own:
        return None, "only on the Configuration API"
    body = {"configId": account.jobs[0][0].connection_id, "configTypes": ["sync", "refresh", "clear"]}
    answer = account.client.ask("/jobs/list", body)
    return answer.status == 200, seen_of(answer)
