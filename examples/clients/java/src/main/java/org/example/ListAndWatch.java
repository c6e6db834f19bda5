package org.example;

import com.google.gson.reflect.TypeToken;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Node;
import io.kubernetes.client.openapi.models.V1NodeAddress;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.util.Config;
import io.kubernetes.client.util.Watch;
import java.io.IOException;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Lists the nodes and pods of a cluster with their addresses, then prints what happens to a namespace's config maps. It
 * ends after a given number of events, or when it is interrupted.
 */
public final class ListAndWatch {
  private static final int GONE = 410;
  private static final int WATCH_SECONDS = 300;
  private static final Type EVENT = new TypeToken<Watch.Response<V1ConfigMap>>() {}.getType();

  private final ApiClient client;
  private final CoreV1Api core;
  private final String namespace;
  private long left;
  /** The version of each config map, by its name. */
  private Map<String, String> known = Map.of();
  /** The last version that was seen; null if the server no longer knows what happened since then. */
  private String version;

  private ListAndWatch(String kubeconfig, String namespace, long events) throws IOException {
    this.client = Config.fromConfig(kubeconfig);
    // A server that lost power does not close the connection.
    client.setReadTimeout((WATCH_SECONDS + 10) * 1000);
    this.core = new CoreV1Api(client);
    this.namespace = namespace;
    this.left = events;
  }

  public static void main(String[] args) throws Exception {
    if (args.length < 1) {
      System.err.println("usage: list-and-watch KUBECONFIG [NAMESPACE [EVENTS]]");
      System.exit(2);
    }
    String namespace = args.length > 1 ? args[1] : "default";
    long events = args.length > 2 ? Long.parseLong(args[2]) : Long.MAX_VALUE;
    endQuietlyWhenInterrupted(Thread.currentThread());

    ListAndWatch program = new ListAndWatch(args[0], namespace, events);
    program.printNodes();
    program.printPods();
    program.follow();
  }

  /** Java would report an interruption as a failure, but here it is the normal end. */
  private static void endQuietlyWhenInterrupted(Thread main) {
    Thread hook =
        new Thread(
            () -> {
              if (main.isAlive()) Runtime.getRuntime().halt(0);
            });
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void printNodes() throws ApiException {
    say("Nodes with their addresses:");
    for (V1Node node : core.listNode().execute().getItems()) {
      List<V1NodeAddress> addresses = node.getStatus().getAddresses();
      String internal =
          (addresses == null ? List.<V1NodeAddress>of() : addresses)
              .stream()
                  .filter(each -> each.getType().equals("InternalIP"))
                  .map(V1NodeAddress::getAddress)
                  .findFirst()
                  .orElse("-");
      say(internal, node.getMetadata().getName());
    }
  }

  private void printPods() throws ApiException {
    say("Pods with their addresses:");
    for (V1Pod pod : core.listPodForAllNamespaces().execute().getItems()) {
      String address = pod.getStatus().getPodIP();
      say(
          address == null ? "-" : address,
          pod.getMetadata().getNamespace(),
          pod.getMetadata().getName());
    }
  }

  /** Starts the next watch whenever one ends. */
  private void follow() throws ApiException, InterruptedException {
    known = list();
    say("Watching the " + known.size() + " config maps of " + namespace + ":");
    while (left > 0) {
      try {
        if (version == null) {
          Map<String, String> before = known;
          known = list();
          tellDifferences(before, known);
        }
        watch();
      } catch (ApiException error) {
        if (error.getCode() == GONE) {
          // Only a new list shows what happened since then.
          System.err.println("listing again: " + error.getMessage());
          version = null;
        } else {
          pause(error);
        }
      } catch (IOException | RuntimeException error) {
        pause(error);
      }
    }
  }

  private void watch() throws ApiException, IOException {
    var call =
        core.listNamespacedConfigMap(namespace)
            .watch(true)
            .resourceVersion(version)
            .allowWatchBookmarks(true)
            .timeoutSeconds(WATCH_SECONDS)
            .buildCall(null);
    try (Watch<V1ConfigMap> events = Watch.createWatch(client, call, EVENT)) {
      while (left > 0 && events.hasNext()) {
        Watch.Response<V1ConfigMap> event = events.next();
        if (event.type.equals("ERROR"))
          throw new ApiException(event.status.getCode(), event.status.getMessage());
        String name = event.object.getMetadata().getName();
        version = event.object.getMetadata().getResourceVersion();
        // A bookmark only reports a newer version.
        if (event.type.equals("BOOKMARK")) continue;
        if (event.type.equals("DELETED")) known.remove(name);
        else known.put(name, version);
        tell(event.type, name);
      }
    }
  }

  private Map<String, String> list() throws ApiException {
    var list = core.listNamespacedConfigMap(namespace).execute();
    Map<String, String> versions = new HashMap<>();
    for (V1ConfigMap each : list.getItems())
      versions.put(each.getMetadata().getName(), each.getMetadata().getResourceVersion());
    version = list.getMetadata().getResourceVersion();
    return versions;
  }

  private void tellDifferences(Map<String, String> before, Map<String, String> now) {
    TreeSet<String> names = new TreeSet<>(before.keySet());
    names.addAll(now.keySet());
    for (String name : names) {
      if (!now.containsKey(name)) tell("DELETED", name);
      else if (!before.containsKey(name)) tell("ADDED", name);
      else if (!before.get(name).equals(now.get(name))) tell("MODIFIED", name);
    }
  }

  private void tell(String type, String name) {
    if (left-- > 0) say(type, name);
  }

  private static void pause(Exception reason) throws InterruptedException {
    System.err.println("trying again in a second: " + reason.getMessage());
    Thread.sleep(1000);
  }

  private static void say(String... words) {
    System.out.println(String.join("\t", words));
  }
}
