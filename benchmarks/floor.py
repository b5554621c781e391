"""The floor of the benchmark: the least that a script with requests does. It POSTs once and writes two files."""

import json
import os

import requests

CONNECTOR = os.environ["FIVETRAN_CONNECTOR_ID"]
answer = requests.post(
    f"{os.environ['FIVETRAN_API_URL']}/connections/{CONNECTOR}/sync",
    json={"force": False},
    auth=(os.environ["FIVETRAN_API_KEY"], os.environ["FIVETRAN_API_SECRET"]),
    timeout=60,
)
answer.raise_for_status()
with open("response.json", "w") as file:
    json.dump(answer.json(), file)
with open("record.json", "w") as file:
    json.dump({"connector_id": CONNECTOR}, file)
