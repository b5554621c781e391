"""A local emulator of Fivetran's and Airbyte's APIs: `python -m emulator`.

It imports nothing from the client: shared code would mean shared mistakes.
"""
