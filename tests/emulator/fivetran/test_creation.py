"""How connections are created, and the limits of that."""

from __future__ import annotations

GROUP = "projected_sickle"


def test_creations_have_a_limit_of_their_own(emulated):
    emulated.switch(creations_per_minute=2)

    def create(number):
        config = {"schema": f"till_{number}", "api_key": "sk_live"}
        body = {"group_id": GROUP, "service": "stripe", "config": config}
        return emulated.ask("POST", "/v1/connections", json=body)

    assert [create(number).status_code for number in range(3)] == [201, 201, 429]
    refused = create(3)
    assert refused.json == {
        "code": "TooManyRequests",
        "message": "No more than 2 connectors can be created in one-minute  time period",
    }
    assert refused.headers["Retry-After"] == "60"
    emulated.wait(60)
    assert create(4).status_code == 201


def test_a_created_connection_was_connected_by_somebody_and_code_is_created_paused(emulated):
    body = {"group_id": GROUP, "service": "connector_sdk", "config": {"schema": "code", "package_id": "a"}}
    data = emulated.data("POST", "/v1/connections", json=body)
    assert (data["connected_by"], data["paused"]) == ("interment_burdensome", True)
    path = f"/v1/connections/{data['id']}"
    emulated.data("PATCH", path, json={"paused": False})
    assert emulated.state(data["id"]) == "syncing"


def test_files_are_named_by_a_table_group_or_a_table(emulated):
    for number, name in enumerate(("table_group_name", "table")):
        config = {"schema": f"files_{number}", name: "daily", "bucket": "b", "role_arn": "arn:aws:iam::1:role/a"}
        body = {"group_id": GROUP, "service": "s3", "config": config}
        assert emulated.data("POST", "/v1/connections", json=body)["schema"] == f"files_{number}.daily"
