import type { Host } from "../lab/host";

/** Everything on a host that a rollout could change, in one line each. */
export const diskOf = (host: Host): Promise<string> => host.exec(DISK);

const DISK = `
find / /var/lib/kubelet -xdev \\( -type f -o -type l \\) -not -path '/var/log/*' -not -path '/tmp/*' \\
  -printf '%p %s %T@ %C@\\n' | sort
systemctl show kubelet -p ActiveState -p UnitFileState
`;
