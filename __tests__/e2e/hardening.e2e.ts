import { execFileSync } from "node:child_process";
import { connect, type ConnectionOptions } from "node:tls";
import { Audit, LocalControlPlane, type TlsProps } from "../../lib";
import { Deployment, NOTHING } from "../support/terraform";
import { binariesOf, KUBERNETES } from "./binaries";

const PORTS = { api: 26443, client: 22379, peer: 22380, metrics: 22381 };
const STORE = "clusters/hardened";
const PKI = `${STORE}/nodes/local/root/etc/kubernetes/pki`;
const LOG = `${STORE}/processes/audit/audit.log`;

const TLS: TlsProps = {
  minVersion: "VersionTLS12",
  cipherSuites: [
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
  ],
  curvePreferences: ["X25519", "X25519MLKEM768"],
};

interface Event {
  readonly level: string;
  readonly verb: string;
  readonly requestObject?: object;
  readonly objectRef?: { readonly resource?: string; readonly name?: string };
}

describe("a real API server and a real etcd with hardening", () => {
  const path = `${binariesOf(KUBERNETES, () => {})}:${process.env.PATH}`;
  const deployment = new Deployment({ PATH: path });
  const program = deployment.program((stack) => {
    new LocalControlPlane(stack, "cluster", {
      outputDirectory: "clusters",
      clusterName: "hardened",
      port: PORTS.api,
      kubernetesVersion: KUBERNETES.text,
      etcd: {
        tls: true,
        clientPort: PORTS.client,
        peerPort: PORTS.peer,
        metricsPort: PORTS.metrics,
      },
      tls: TLS,
      audit: Audit.preset("recommended"),
      authentication: {
        jwt: [
          {
            issuer: {
              url: "https://127.0.0.1:1",
              audiences: ["a", "b"],
              audienceMatchPolicy: "MatchAny",
            },
            claimMappings: {
              username: { expression: "'oidc:' + claims.sub" },
              extra: [
                { key: "example.org/team", valueExpression: "claims.team" },
              ],
            },
          },
        ],
        anonymous: {
          enabled: true,
          conditions: [{ path: "/livez" }, { path: "/readyz" }],
        },
      },
      admission: {
        add: ["AlwaysPullImages"],
        podSecurity: { enforce: "baseline" },
        eventRateLimit: [{ type: "Server", qps: 1, burst: 3 }],
      },
      controllerManager: { port: 21257 },
      scheduler: { port: 21259 },
    });
  });
  const kubectl = (...args: string[]): string =>
    execFileSync(
      "kubectl",
      [
        "--kubeconfig",
        deployment.path(STORE, "kubeconfigs/admin.conf"),
        ...args,
      ],
      { encoding: "utf8", env: { ...process.env, PATH: path } },
    );
  const events = (): Event[] =>
    deployment
      .read(LOG)
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Event);

  /** What a handshake ends with: the version and the suite, or the alert of the server. */
  const handshake = (
    port: number,
    options: ConnectionOptions,
  ): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect({
        host: "127.0.0.1",
        port,
        rejectUnauthorized: false,
        ...options,
      });
      socket.once("secureConnect", () => {
        resolve(`${socket.getProtocol()} ${socket.getCipher().standardName}`);
        socket.destroy();
      });
      socket.once("error", ({ message }) => resolve(message));
    });

  beforeAll(() => {
    program.apply();
  });
  afterAll(() => {
    deployment.destroy();
    deployment.dispose();
  });

  test("start, and a second plan is empty", () => {
    expect(kubectl("get", "namespace", "default", "-o", "name")).toBe(
      "namespace/default\n",
    );
    expect(program.plan().changes).toEqual(NOTHING);
  });

  test("record what somebody did, without the contents of Secrets", () => {
    kubectl("create", "secret", "generic", "password", "--from-literal=a=b");
    kubectl("create", "configmap", "settings", "--from-literal=a=b");
    kubectl("create", "serviceaccount", "robot");
    const of = (resource: string, name: string) =>
      events().find(
        ({ verb, objectRef }) =>
          verb === "create" &&
          objectRef?.resource === resource &&
          objectRef.name === name,
      );
    expect(of("secrets", "password")).toMatchObject({ level: "Metadata" });
    expect(of("configmaps", "settings")).toMatchObject({ level: "Metadata" });
    const robot = of("serviceaccounts", "robot");
    expect(robot).toMatchObject({ level: "Request" });
    expect(robot?.requestObject).toBeDefined();
    expect(deployment.read(LOG)).not.toContain('"a":"b"');
    // What components repeat every few seconds.
    const repeated = events().filter(
      ({ verb, objectRef }) =>
        objectRef?.resource === "leases" && ["get", "update"].includes(verb),
    );
    expect(repeated).toEqual([]);
  });

  const create = (object: object): string =>
    execFileSync(
      "kubectl",
      [
        "--kubeconfig",
        deployment.path(STORE, "kubeconfigs/admin.conf"),
        "create",
        "-o",
        "json",
        "-f",
        "-",
      ],
      {
        encoding: "utf8",
        input: JSON.stringify(object),
        env: { ...process.env, PATH: path },
        stdio: "pipe",
      },
    );
  const pod = (name: string, privileged: boolean) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name },
    spec: {
      serviceAccountName: "robot",
      containers: [
        {
          name,
          image: "example.org/image",
          imagePullPolicy: "IfNotPresent",
          securityContext: { privileged },
        },
      ],
    },
  });

  test("admit pods as the plugins say", () => {
    expect(create(pod("plain", false))).toContain(
      '"imagePullPolicy": "Always"',
    );
    expect(() => create(pod("mighty", true))).toThrow(/violates PodSecurity/);
  });

  test("answer without a credential only where that is allowed", () => {
    const status = (url: string): string =>
      execFileSync(
        "curl",
        ["-sk", "-o", "/dev/null", "-w", "%{http_code}", url],
        { encoding: "utf8" },
      );
    const server = `https://127.0.0.1:${PORTS.api}`;
    expect(status(`${server}/readyz`)).toBe("200");
    expect(status(`${server}/version`)).toBe("401");
  });

  test("limit the rate of events", () => {
    const event = (number: number) => ({
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: `event-${number}` },
      involvedObject: { kind: "Pod", namespace: "default", name: "plain" },
    });
    expect(() => {
      for (let number = 0; number < 20; number++) create(event(number));
    }).toThrow(/limit reached|TooManyRequests/);
  });

  describe.each([
    ["the API server", PORTS.api],
    ["etcd", PORTS.client],
  ])("%s", (_, port) => {
    // Node itself refuses to offer an old version above this level.
    const old = { ciphers: "DEFAULT@SECLEVEL=0", minVersion: "TLSv1" } as const;

    test("refuses a client with TLS 1.1", async () => {
      expect(await handshake(port, { ...old, maxVersion: "TLSv1.1" })).toMatch(
        /protocol version/,
      );
    });

    test("accepts a suite of the list, and refuses another one", async () => {
      // etcd ends the handshake of a client without a certificate.
      const [cert, key] = ["crt", "key"].map((kind) =>
        deployment.read(`${PKI}/apiserver-etcd-client.${kind}`),
      );
      const with12 = (ciphers: string) =>
        handshake(port, { ciphers, cert, key, maxVersion: "TLSv1.2" });
      expect(await with12("ECDHE-ECDSA-AES256-GCM-SHA384")).toBe(
        "TLSv1.2 TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
      );
      expect(await with12("ECDHE-ECDSA-CHACHA20-POLY1305")).toMatch(
        /handshake failure/,
      );
    });
  });

  test("the API server agrees only on a key exchange of the list", async () => {
    expect(await handshake(PORTS.api, { ecdhCurve: "X25519" })).toMatch(
      /TLSv1/,
    );
    expect(await handshake(PORTS.api, { ecdhCurve: "P-384" })).toMatch(
      /handshake failure/,
    );
  });
});
