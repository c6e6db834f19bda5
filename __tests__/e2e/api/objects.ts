import { existsSync } from "node:fs";
import type { AppliedObjects } from "../../../lib/store/inventory";
import {
  applyObjects,
  attemptedObjects,
  type ObjectsFile,
} from "../../../lib/agent/cluster/objects";
import { fromYamlDocuments } from "../../../lib/base/yaml";
import { OBJECT_GROUPS } from "../../../lib/catalog/object-groups";
import { register } from "../registration";
import { say, seconds, until } from "../say";
import { step } from "../steps";
import type { ApiLab } from "./lab";
import {
  binding,
  file,
  metadata,
  nameOf,
  settings,
  team,
  widget,
} from "./team";

/** The steps with the objects of a cluster. */
export function objectSteps(lab: ApiLab): void {
  let lines: string[] = [];
  let applied: AppliedObjects | undefined;
  const apply = async (
    files: readonly ObjectsFile[],
    previous = applied,
    to = lab.api,
  ) => {
    lines = [];
    return applyObjects(to, files, previous, (line) => lines.push(line));
  };
  const ours = (...files: ObjectsFile[]): ObjectsFile[] => [
    ...OBJECT_GROUPS.map(({ id }) => `objects/${id}.yaml`)
      .filter((file) => existsSync(lab.cluster.store(file)))
      .map((file) => ({
        file,
        objects: fromYamlDocuments(
          lab.text(lab.cluster.store(file)),
        ) as object[],
      })),
    ...files,
  ];

  step("applies the cluster objects, and finds them unchanged", async () => {
    await register(lab.cluster, lab.machine);
    const files = ours();
    const all = files.flatMap(({ objects }) => objects).length;
    const start = Date.now();
    applied = await apply(files);
    say(`${all} objects applied in ${seconds(start)}`);
    expect(lines.at(-1)).toBe(`cluster objects: ${all} of ${all} changed`);
    expect(applied.objects).toHaveLength(all - 2);
    expect(applied.objects).toContain("apps/v1 Deployment kube-system/coredns");
    await lab.cluster.kubectl("get", "--raw", "/readyz");
    expect(await apply(files)).toEqual(applied);
    expect(lines.at(-1)).toBe(`cluster objects: 0 of ${all} changed`);
  });

  step("makes a bootstrap token once", async () => {
    const [id] = Object.values(applied!.tokens);
    const secret = {
      apiVersion: "v1",
      kind: "Secret",
      namespace: "kube-system",
      name: `bootstrap-token-${id}`,
    };
    const made = await lab.api.get(secret);
    const data = made!.data as Record<string, string>;
    const decoded = (key: string) =>
      Buffer.from(data[key], "base64").toString();
    expect(decoded("token-id")).toBe(id);
    expect(decoded("token-secret")).toMatch(/^[a-z0-9]{16}$/);
    const life = Date.parse(decoded("expiration")) - Date.now();
    expect(life / 3_600_000).toBeCloseTo(24, 0);
    expect(made!.metadata.annotations).toBeUndefined();
    expect(lines.join()).not.toContain(decoded("token-secret"));

    const found = await apply(ours(), { objects: [], tokens: {} });
    expect(found.tokens).toEqual(applied!.tokens);
    await lab.api.remove(secret);
    expect(await apply(ours())).toEqual(applied);
    expect(await lab.api.get(secret)).toBeUndefined();
    const without = ours().filter(({ file }) => !file.includes("token"));
    expect((await apply(without)).tokens).toEqual({});
    const { tokens } = await apply(ours(), { ...applied!, tokens: {} });
    expect(Object.values(tokens)).not.toContain(id);
    applied = { ...applied!, tokens };
  });

  step(
    "applies the definition of a kind, an object of it, and their namespace in one run",
    async () => {
      const start = Date.now();
      applied = await apply(ours({ file, objects: team }));
      say(`a custom kind applied in ${seconds(start)}`);
      expect(lines.at(-1)).toMatch(/: 5 of \d+ changed$/);
      expect(await lab.api.get(nameOf(widget))).toMatchObject({
        spec: { size: 3 },
      });
    },
  );

  step(
    "changes the changed objects, and replaces a binding to another role",
    async () => {
      const changed = [
        { ...widget, spec: { size: 4 } },
        { ...settings, data: { shape: "round" } },
        binding("edit"),
        ...team.slice(3),
      ];
      applied = await apply(ours({ file, objects: changed }));
      expect(lines).toEqual([
        "cluster objects: ClusterRoleBinding team: all deleted and created again, because its role cannot be changed",
        expect.stringMatching(/^cluster objects: 3 of \d+ changed$/),
      ]);
      expect(await lab.api.get(nameOf(settings))).toMatchObject({
        data: { shape: "round" },
      });
      expect((await lab.api.get(nameOf(settings)))!.data).not.toHaveProperty(
        "color",
      );
      expect(await lab.api.get(nameOf(binding("edit")))).toMatchObject({
        roleRef: { name: "edit" },
      });
    },
  );

  step("keeps fields that others wrote into an object", async () => {
    await lab.cluster.kubectl(
      "label",
      "configmap",
      "settings",
      "--namespace",
      "team",
      "owner=them",
    );
    const object = { ...settings, data: { shape: "square" } };
    await apply([{ file, objects: [object] }], { objects: [], tokens: {} });
    const { metadata, data } = (await lab.api.get(nameOf(settings)))!;
    expect({ labels: metadata.labels, data }).toEqual({
      labels: { owner: "them" },
      data: { shape: "square" },
    });
  });

  step(
    "removes objects that left the program, even those that a failed run applied",
    async () => {
      const extra = {
        ...settings,
        metadata: { ...metadata, name: "extra" },
      };
      const refused = {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { ...metadata, name: "refused" },
      };
      const files = ours({ file, objects: [...team, extra, refused] });
      applied = attemptedObjects(files, applied);
      await expect(apply(files)).rejects.toThrow(
        /^Deployment team\/refused, in objects\/team.yaml, is not accepted by the cluster: .*spec/,
      );
      expect(await lab.api.get(nameOf(extra))).toBeDefined();

      const start = Date.now();
      applied = await apply(ours());
      say(`removed in ${seconds(start)}`);
      expect(lines.at(-1)).toMatch(/ changed, 7 removed$/);
      const gone = { apiVersion: "v1", kind: "Namespace", name: "team" };
      await until("gone", 60, async () => !(await lab.api.get(gone)));
      expect(await lab.api.get(nameOf(binding("edit")))).toBeUndefined();
      expect(
        await lab.api.get({
          apiVersion: "apiextensions.k8s.io/v1",

          kind: "CustomResourceDefinition",
          name: "widgets.example.org",
        }),
      ).toBeUndefined();
      const previous = {
        objects: ["example.org/v1 Widget team/first"],
        tokens: {},
      };
      await apply([], previous);
    },
  );

  step(
    "fails when a kind is not defined, or when two files contain the same object",
    async () => {
      await expect(apply([{ file, objects: [widget] }])).rejects.toThrow(
        "The cluster does not know the kind Widget of example.org/v1.",
      );
      const twice = [settings, settings];
      await expect(apply([{ file, objects: twice }])).rejects.toThrow(
        "ConfigMap team/settings is in objects/team.yaml twice.",
      );
      const nameless = { ...settings, metadata: {} };
      await expect(apply([{ file, objects: [nameless] }])).rejects.toThrow(
        "An object in objects/team.yaml has no metadata.name.",
      );
    },
  );

  step("continues when the API server is back", async () => {
    const [server] = lab.cluster.podsOf("kube-apiserver");
    await server.stop(0);
    const impatient = lab.connect(300);
    await expect(impatient.version()).rejects.toThrow(
      "The API server of cp-1 does not answer: ",
    );
    const another = { ...metadata, name: "another" };
    const objects = [...team, { ...widget, metadata: another }];
    const start = Date.now();
    const all = apply([{ file, objects }], { objects: [], tokens: {} });
    server.start();
    const made = await all;
    say(`applied ${seconds(start)} after the API server was started again`);
    expect(made.objects).toHaveLength(6);
    await apply([], made);
  });
}
