"""For each line, a number: that many calls at once. Answers with their statuses, or what went wrong."""
import json
import sys
import urllib.error
from concurrent.futures import ThreadPoolExecutor

from system import call


def one(_):
    try:
        with call("GET", sys.argv[1]) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except RuntimeError as error:
        return str(error)


for line in sys.stdin:
    with ThreadPoolExecutor(int(line)) as pool:
        print(json.dumps(list(pool.map(one, range(int(line))))), flush=True)
