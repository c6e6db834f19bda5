import {
  canonicalImage,
  imagesNotIn,
  listedImages,
} from "../../../lib/agent/hosts/image-list";

const DIGEST = `sha256:${"a".repeat(64)}`;

test.each([
  ["busybox", "docker.io/library/busybox:latest"],
  ["busybox:1.36", "docker.io/library/busybox:1.36"],
  ["team/app", "docker.io/team/app:latest"],
  ["docker.io/team/app:1", "docker.io/team/app:1"],
  ["registry.k8s.io/pause:3.10", "registry.k8s.io/pause:3.10"],
  ["registry.k8s.io/coredns/coredns:v1", "registry.k8s.io/coredns/coredns:v1"],
  ["localhost/app", "localhost/app:latest"],
  ["localhost:5000/app", "localhost:5000/app:latest"],
  ["10.0.0.1:5000/a/b:2", "10.0.0.1:5000/a/b:2"],
  [`busybox@${DIGEST}`, `docker.io/library/busybox@${DIGEST}`],
  [`r.test/app:1@${DIGEST}`, `r.test/app@${DIGEST}`],
])("the full name of %s is %s", (name, canonical) => {
  expect(canonicalImage(name)).toBe(canonical);
  expect(canonicalImage(canonical)).toBe(canonical);
});

test("images that crictl lists are found by tag and digest", () => {
  const listed = listedImages(
    undefined,
    JSON.stringify({
      images: [
        { id: "1", repoTags: ["docker.io/library/a:1"], repoDigests: [] },
        { id: "2", repoDigests: [`r.test/b@${DIGEST}`] },
      ],
    }),
    "cp-1",
  );
  expect(
    imagesNotIn(listed!, ["a:1", `r.test/b:7@${DIGEST}`, "a:2", "a:2"]),
  ).toEqual(["a:2"]);
});

test("the images are unknown if no program could list them", () => {
  expect(listedImages(undefined, undefined, "cp-1")).toBeUndefined();
  expect(listedImages(undefined, "", "cp-1")).toBeUndefined();
});
