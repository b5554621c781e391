"""The same as floor.py, with the standard library only."""

import json
import os
import ssl
from base64 import b64encode
from http.client import HTTPSConnection
from urllib.parse import urlsplit

CONNECTOR = os.environ["FIVETRAN_CONNECTOR_ID"]
url = urlsplit(os.environ["FIVETRAN_API_URL"])
user = b64encode(f"{os.environ['FIVETRAN_API_KEY']}:{os.environ['FIVETRAN_API_SECRET']}".encode()).decode()
context = ssl.create_default_context(cafile=os.environ["REQUESTS_CA_BUNDLE"])
connection = HTTPSConnection(url.netloc, timeout=60, context=context)
headers = {"Authorization": f"Basic {user}", "Content-Type": "application/json"}
connection.request("POST", f"{url.path}/connections/{CONNECTOR}/sync", json.dumps({"force": False}), headers)
answer = connection.getresponse()
assert answer.status == 200, answer.status
with open("response.json", "w") as file:
    json.dump(json.loads(answer.read()), file)
with open("record.json", "w") as file:
    json.dump({"connector_id": CONNECTOR}, file)
