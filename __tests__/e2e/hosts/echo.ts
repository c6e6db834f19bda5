import { ECHO_IMAGE } from "../lab/images";

/** Prints the fingerprint of the certificate that a server presents; fails if the CA did not sign it for this address. */
export const HANDSHAKE = `
const [host, ca] = process.argv.slice(1);
const options = { host, port: 6443, ca: require("fs").readFileSync(ca) };
const socket = require("tls").connect(options, () => {
  console.log(socket.getPeerX509Certificate().fingerprint256);
  socket.end();
});
`;

/** Resolves a name with the cluster's own nameserver, as a pod would. */
export const ASK_COREDNS = `
echo nameserver 10.96.0.10 > /run/resolv.conf
mount --bind /run/resolv.conf /etc/resolv.conf
getent hosts echo.default.svc.cluster.local
`;

export const ECHO = {
  apiVersion: "v1",
  kind: "List",
  items: [
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "echo" },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: "echo" } },
        template: {
          metadata: { labels: { app: "echo" } },
          spec: {
            topologySpreadConstraints: [
              {
                maxSkew: 1,
                topologyKey: "kubernetes.io/hostname",
                whenUnsatisfiable: "DoNotSchedule",
                labelSelector: { matchLabels: { app: "echo" } },
              },
            ],
            containers: [
              { name: "echo", image: ECHO_IMAGE, imagePullPolicy: "Never" },
            ],
          },
        },
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "echo" },
      spec: {
        selector: { app: "echo" },
        ports: [{ port: 80, targetPort: 8080 }],
      },
    },
  ],
};
