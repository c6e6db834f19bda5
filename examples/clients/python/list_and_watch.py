"""Lists the nodes and pods of a cluster with their addresses, then tells what happens to a namespace's config maps."""

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
    parser.add_argument("events", nargs="?", type=int, help="after which it ends; none: it ends when interrupted")
    arguments = parser.parse_args()
    # As Ctrl-C does.
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
    """What happens to the namespace's config maps, without an end: a watch that ended is gone on with."""
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
                # To connect, and to hear anything: a server that lost its power doesn't say goodbye.
                _request_timeout=(10, WATCH_SECONDS + 10),
            ):
                kind, metadata = event["type"], event["raw_object"]["metadata"]
                version = metadata["resourceVersion"]
                # It only tells how far the server has come.
                if kind == "BOOKMARK":
                    continue
                if kind == "DELETED":
                    known.pop(metadata["name"], None)
                else:
                    known[metadata["name"]] = version
                yield kind, metadata["name"]
        except client.ApiException as error:
            if error.status == GONE:
                # Only a new list tells what happened since that version.
                print(f"listing again: {error.reason}", file=sys.stderr, flush=True)
                version = None
            else:
                wait(error.reason)
        except HTTPError as error:
            wait(error)


def listed(core, namespace):
    """The versions of the config maps by their names, and of the list."""
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
