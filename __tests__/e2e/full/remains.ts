import type { Host } from "../lab/host";

/** What is left on a host after it was a node, in one line each, except logs and data that were set aside. */
export const remainsOf = (host: Host): Promise<string> => host.exec(REMAINS);

const REMAINS = `
for program in kubelet etcd kube-apiserver kube-controller kube-scheduler kube-proxy; do
  pgrep --exact --list-name "$program" || true
done
[ ! -S /run/containerd/containerd.sock ] || ctr --namespace k8s.io containers ls -q
grep -o '/var/lib/kubelet[^ ]*' /proc/mounts || true
ip -o link show cni0 2>/dev/null || true
ip route show proto 157
for path in /etc/kubernetes /var/lib/cdktf-control-plane /etc/systemd/system/kubelet.service.d; do
  [ ! -e "$path" ] || find "$path"
done
for path in /var/lib/kubelet /etc/cni/net.d; do
  [ ! -e "$path" ] || find "$path" -type f
done
[ ! -e /var/lib/etcd ] || find /var/lib/etcd -maxdepth 1 -name member
systemctl is-enabled kubelet | grep -v disabled || true
`;
