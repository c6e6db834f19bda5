import { groupedBy } from "../base/group";
import { knownFlags } from "../catalog/flags/known";
import { KNOWN_FLAGS } from "../catalog/flags/known-flags";
import type { ComponentId } from "../catalog/component-id";
import { enumerated } from "../cli/text";
import { differences, type Expected, shown } from "./compare";
import type { SynthesizedCertificate } from "./content";
import type { Place, SynthesizedControlPlane } from "./control-plane";
import * as errors from "./errors";
import { CERTIFICATE, COMPONENT, FILE } from "./places";
import type { Flags } from "./unit";

/** What can be asserted about a control plane, or about one of its nodes. It must hold wherever the thing is. */
export interface ControlPlaneMatchers<R = void> {
  /**
   * A component has a flag.
   * @param flag Without `--`.
   * @param value A text, a regular expression, or the list of values of a flag that is repeated. Without it, any value.
   */
  toHaveFlag(
    component: string,
    flag: string,
    value?: Expected<string> | readonly string[],
  ): R;

  /**
   * There is a file.
   * @param path On the node; or in the store, if it is not of a node.
   * @param content What must be in it: for YAML, the fields that matter. Without it, anything.
   */
  toHaveFile(path: string, content?: unknown): R;

  /**
   * There is a certificate.
   * @param name In kubeadm, such as `apiserver` or `etcd-server`; of any other, its path without `.crt`.
   * @param expected The fields that matter. Without it, anything.
   */
  toHaveCertificate(
    name: string,
    expected?: Expected<SynthesizedCertificate>,
  ): R;
}

/** Whether an assertion holds, in the form of Jest's matchers. */
export interface Verdict {
  readonly pass: boolean;
  readonly message: () => string;
  readonly expected: unknown;
  readonly actual: unknown;
}

/**
 * Decides whether an assertion holds. With `isNot`, it passes if it holds anywhere, so that its negation means nowhere.
 * Throws if the test names a node, a component or a flag that does not exist.
 */
export type Matcher<Args extends unknown[]> = (
  cluster: SynthesizedControlPlane,
  isNot: boolean,
  ...args: Args
) => Verdict;

export const MATCHERS: {
  readonly [Name in keyof ControlPlaneMatchers]: Matcher<
    Parameters<ControlPlaneMatchers[Name]>
  >;
} = {
  toHaveFlag: (cluster, isNot, component, given, value) => {
    const places = cluster.places(COMPONENT, component);
    if (places.length === 0) throw cluster.unknown(COMPONENT, component);
    const flag = given.replace(/^--/, "");
    requireFlag(component, flag, places);
    return verdict({
      what: `--${flag} of ${component} ${cluster.where}`,
      places: places.map(({ value: flags, ...place }) => ({
        ...place,
        value: Object.hasOwn(flags, flag) ? flags[flag] : undefined,
      })),
      expected: value,
      isNot,
    });
  },

  toHaveFile: (cluster, isNot, path, content) =>
    verdict({
      what: `${path} ${cluster.where}`,
      places: cluster.places(FILE, path).map(({ value: file, ...place }) => ({
        ...place,
        value: file.content,
      })),
      expected: content,
      isNot,
      absent: () => cluster.unknown(FILE, path).message,
    }),

  toHaveCertificate: (cluster, isNot, name, expected) =>
    verdict({
      what: `The certificate ${name} ${cluster.where}`,
      places: cluster.places(CERTIFICATE, name),
      expected,
      isNot,
      absent: () => cluster.unknown(CERTIFICATE, name).message,
    }),
};

/** A flag that no version of the component knows, and that its command does not have, is misspelt. */
function requireFlag(
  component: string,
  flag: string,
  places: readonly Place<Flags>[],
): void {
  if (!Object.hasOwn(KNOWN_FLAGS, component)) return;
  const known = [...knownFlags(component as ComponentId).keys()];
  if (
    !known.includes(flag) &&
    !places.some(({ value }) => Object.hasOwn(value, flag))
  )
    throw errors.unknownFlag(component, flag, known);
}

interface Asserted {
  /** `--v of kube-apiserver in the cluster prod` */
  readonly what: string;
  readonly places: readonly Place<unknown>[];
  /** Absent: anything is expected, but it has to be there. */
  readonly expected: unknown;
  readonly isNot: boolean;
  /** Says what there is instead, if there are no places. */
  readonly absent?: () => string;
}

function verdict(asserted: Asserted): Verdict {
  const { what, places, expected, isNot, absent } = asserted;
  const judged = places.map((place) => ({
    ...place,
    problems: problemsOf(place.value, expected),
  }));
  const wrong = judged.filter(({ problems }) => problems.length > 0);
  const right = judged.filter(({ problems }) => problems.length === 0);
  const isThere = right.length > 0 && (isNot || wrong.length === 0);
  return {
    pass: isThere,
    expected,
    actual: (isThere ? right : wrong)[0]?.value,
    message: () => {
      if (places.length === 0) return absent?.() ?? what;
      const [title, shownPlaces] = isThere
        ? [
            `${what} must not be so:`,
            right.map((place) => ({
              ...place,
              problems: [shown(place.value)],
            })),
          ]
        : [`${what} is not as expected:`, wrong];
      return [
        title,
        ...linesOf(shownPlaces),
        `See ${enumerated([...new Set(shownPlaces.map(({ path }) => path))])}.`,
      ].join("\n");
    },
  };
}

function problemsOf(value: unknown, expected: unknown): string[] {
  if (value === undefined) {
    const wanted =
      expected === undefined ? "" : `expected ${shown(expected)}, `;
    return [`${wanted}found none`];
  }
  return expected === undefined ? [] : differences(expected, value);
}

/** `  cp-1, cp-2: expected "30", found "7"`; nodes with the same problems share their lines. */
function linesOf(
  places: readonly {
    readonly node?: string;
    readonly problems: readonly string[];
  }[],
): string[] {
  const groups = groupedBy(places, ({ problems }) => problems.join("\n"));
  return [...groups].flatMap(([text, same]) => {
    const nodes = same.map(({ node = "the store" }) => node);
    const problems = text.split("\n");
    return problems.length === 1
      ? [`  ${shortened(nodes)}: ${text}`]
      : [`  ${shortened(nodes)}:`, ...problems.map((line) => `    ${line}`)];
  });
}

/** Names of nodes in a message. */
const MOST_NODES = 5;

const shortened = (nodes: readonly string[]): string =>
  nodes.length > MOST_NODES
    ? `${nodes.slice(0, MOST_NODES).join(", ")} and ${nodes.length - MOST_NODES} more`
    : nodes.join(", ");
