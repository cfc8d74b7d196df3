"""Prints the changes by sseclient-py and requests. The position is the id that the library hands on."""

import sys
import time

import requests
import sseclient

import signed

position, pause = "", 2.0
while True:
    try:
        response = requests.post(signed.ADDRESS, headers=signed.headers(position), json={}, stream=True, timeout=60)
        response.raise_for_status()
        # In larger blocks, requests may wait for the next events before it hands on the first.
        for event in sseclient.SSEClient(response.iter_content(chunk_size=1)).events():
            print(event.data, flush=True)
            # None if the block has no id, and empty if the position is to be forgotten.
            position = position if event.id is None else event.id
            pause = pause if event.retry is None else int(event.retry) / 1000
    except requests.RequestException as error:
        print(f"interrupted: {type(error).__name__}", file=sys.stderr)
    time.sleep(pause)
