"""Lists the nodes and pods of a cluster with their addresses, then prints what happens to a namespace's config maps."""

import argparse
import itertools
import signal
import sys
import time

from kubernetes import client, config, watch
from urllib3.exceptions import HTTPError

GONE = 410
WATCH_SECONDS = 300


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kubeconfig", help="made by cdktf-control-plane")
    parser.add_argument("namespace", nargs="?", default="default")
    parser.add_argument("events", nargs="?", type=int, help="the number of events after which it ends (default: it runs until it is interrupted)")
    arguments = parser.parse_args()
    # End on SIGTERM in the same way as on Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)

    config.load_kube_config(config_file=arguments.kubeconfig)
    core = client.CoreV1Api()
    try:
        print_nodes(core)
        print_pods(core)
        for event in itertools.islice(changes(core, arguments.namespace), arguments.events):
            say(*event)
    except KeyboardInterrupt:
        pass


def print_nodes(core):
    say("Nodes with their addresses:")
    for node in core.list_node().items:
        addresses = {each.type: each.address for each in node.status.addresses or []}
        say(addresses.get("InternalIP", "-"), node.metadata.name)


def print_pods(core):
    say("Pods with their addresses:")
    for pod in core.list_pod_for_all_namespaces().items:
        say(pod.status.pod_ip or "-", pod.metadata.namespace, pod.metadata.name)


def changes(core, namespace):
    """Yields the changes of the namespace's config maps, endlessly. It starts the next watch whenever one ends."""
    known, version = listed(core, namespace)
    say(f"Watching the {len(known)} config maps of {namespace}:")
    while True:
        try:
            if version is None:
                now, version = listed(core, namespace)
                yield from differences(known, now)
                known = now
            for event in watch.Watch().stream(
                core.list_namespaced_config_map,
                namespace,
                resource_version=version,
                allow_watch_bookmarks=True,
                timeout_seconds=WATCH_SECONDS,
                # The limits for connecting and for reading: a server that lost power does not close the connection.
                _request_timeout=(10, WATCH_SECONDS + 10),
            ):
                kind, metadata = event["type"], event["raw_object"]["metadata"]
                version = metadata["resourceVersion"]
                # A bookmark only reports a newer version.
                if kind == "BOOKMARK":
                    continue
                if kind == "DELETED":
                    known.pop(metadata["name"], None)
                else:
                    known[metadata["name"]] = version
                yield kind, metadata["name"]
        except client.ApiException as error:
            if error.status == GONE:
                # Only a new list shows what happened since that version.
                print(f"listing again: {error.reason}", file=sys.stderr, flush=True)
                version = None
            else:
                wait(error.reason)
        except HTTPError as error:
            wait(error)


def listed(core, namespace):
    """Returns the version of each config map by its name, and the version of the list."""
    answer = core.list_namespaced_config_map(namespace)
    versions = {each.metadata.name: each.metadata.resource_version for each in answer.items}
    return versions, answer.metadata.resource_version


def differences(before, now):
    for name in sorted(before.keys() | now.keys()):
        if name not in now:
            yield "DELETED", name
        elif name not in before:
            yield "ADDED", name
        elif before[name] != now[name]:
            yield "MODIFIED", name


def wait(reason):
    print(f"trying again in a second: {reason}", file=sys.stderr, flush=True)
    time.sleep(1)


def say(*words):
    print(*words, sep="\t", flush=True)


if __name__ == "__main__":
    main()
