import {
  type Document,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { toYaml } from "../../render/yaml";
import { notAKubeconfig } from "./errors";
import { LIMITS } from "../../base/limits";
import { sizeProblem } from "../../base/yaml";
import { type Fields, type List, LIST_NAMES, LISTS } from "./entries";
import {
  colonOf,
  endOf,
  isNothing,
  keyOf,
  lineEnd,
  lineStart,
  type Ranged,
  rangeOf,
} from "./positions";

/** The text behind the colon of a key before the first merge; `null` if the key did not exist. */
export type Before = string | null;

/**
 * The text of a user's kubeconfig. Each edit changes only a range of the text, so that everything that is not ours stays
 * the same, byte for byte: comments, order, spelling, unknown fields.
 */
export class KubeconfigText {
  private readonly document: Document;
  private readonly root: YAMLMap;

  /** Throws if the text is not a kubeconfig. @param path the path of the file, for messages */
  constructor(
    readonly text: string,
    private readonly path: string,
  ) {
    const reason = sizeProblem(text);
    if (reason) throw notAKubeconfig(path, reason);
    this.document = parseDocument(text);
    const [error] = this.document.errors;
    if (error) throw notAKubeconfig(path, error.message.split("\n")[0]);
    const { contents } = this.document;
    if (!isMap(contents)) throw notAKubeconfig(path, "it is not a mapping");
    this.root = contents;
    for (const list of LIST_NAMES) {
      const value = this.pair(list)?.value;
      if (!isNothing(value) && !isSeq(value))
        throw notAKubeconfig(path, `its ${list} are not a list`);
      // Entries are found by their index, which an alias would shift.
      if (isSeq(value) && !value.items.every(isMap))
        throw notAKubeconfig(
          path,
          `its ${list} contain an alias, or an item that is not a mapping`,
        );
    }
  }

  /** The fields of an entry; `undefined` if there is none with that name. */
  fields(list: List, name: string): Fields | undefined {
    const item = this.items(list)[this.indexOf(list, name)];
    return item && ((this.whole(item)[LISTS[list]] ?? {}) as Fields);
  }

  get currentContext(): string {
    const value = this.pair(CURRENT)?.value;
    return isScalar(value) && value.value !== null ? String(value.value) : "";
  }

  /** The text behind the colon of a key, to be recorded before the first merge. */
  before(key: List | typeof CURRENT): Before {
    const pair = this.pair(key);
    return pair ? this.text.slice(colonOf(pair, this.text), endOf(pair)) : null;
  }

  isEmpty(list: List): boolean {
    return this.items(list).length === 0;
  }

  /** Whether the file contains no content of a user. */
  get isBare(): boolean {
    return this.root.items.every((pair) => {
      const key = keyOf(pair);
      if (key === "apiVersion" || key === "kind") return true;
      if (key === CURRENT) return this.currentContext === "";
      const { value } = pair;
      return isNothing(value) || (isCollection(value) && !value.items.length);
    });
  }

  add(list: List, name: string, fields: Fields): KubeconfigText {
    const item = { name, [LISTS[list]]: fields };
    const pair = this.pair(list);
    if (this.root.flow) return this.addInFlow(list, pair, item);
    if (!pair) {
      return this.insertLines(endOf(this.root), `${list}:\n${rendered(item)}`);
    }
    const seq = pair.value;
    if (isSeq(seq) && seq.items.length > 0) {
      if (seq.flow) return this.addInFlow(list, pair, item);
      const dash = this.dashOf(seq, 0);
      const indent = dash - lineStart(this.text, dash);
      return this.insertLines(endOf(seq), rendered(item, indent));
    }
    const colon = colonOf(pair, this.text);
    return this.cut(colon, endOf(pair)).insertLines(colon, rendered(item));
  }

  /** Replaces an entry. Comments inside it are lost. */
  replace(list: List, name: string, fields: Fields): KubeconfigText {
    const seq = this.pair(list)?.value as YAMLSeq;
    const at = this.indexOf(list, name);
    const whole = this.whole(this.items(list)[at]);
    const item = { ...whole, [LISTS[list]]: fields };
    if (seq.flow) {
      const [start, end] = rangeOf(this.items(list)[at]);
      return this.cut(start, end, JSON.stringify(item));
    }
    const { start, end } = this.linesOf(seq, at);
    const dash = this.dashOf(seq, at);
    const lines = rendered(item, dash - lineStart(this.text, dash));
    const open = this.text[end - 1] !== "\n";
    return this.cut(start, end, open ? lines.slice(0, -1) : lines);
  }

  /** @param before the text of the list before the first merge */
  remove(list: List, name: string, before: Before): KubeconfigText {
    const pair = this.pair(list)!;
    const seq = pair.value as YAMLSeq;
    const items = this.items(list);
    const at = this.indexOf(list, name);
    const isLast = items.length === 1;
    if (seq.flow) {
      if (isLast && before === null && !this.root.flow)
        return this.removeKey(list);
      const [own, previous, next] = [at, at - 1, at + 1].map(
        (each) => items[each] && rangeOf(items[each]),
      );
      const start = previous ? previous[1] : own[0];
      return this.cut(start, !previous && next ? next[0] : own[1]);
    }
    if (isLast && before === null) return this.removeKey(list);
    const { start, end } = this.linesOf(seq, at);
    const without = this.cut(
      this.text[end - 1] === "\n" ? start : Math.max(0, start - 1),
      end,
    );
    return isLast
      ? without.insert(colonOf(pair, this.text), before ?? " []")
      : without;
  }

  setCurrentContext(name: string): KubeconfigText {
    const pair = this.pair(CURRENT);
    const value = scalar(name);
    if (pair) return this.resetCurrentContext(` ${value}`);
    return this.root.flow
      ? this.insertPair(`${JSON.stringify(CURRENT)}: ${JSON.stringify(name)}`)
      : this.insertLines(endOf(this.root), `${CURRENT}: ${value}\n`);
  }

  /** @param before the text behind its colon before the first merge, or `null` if it did not exist */
  resetCurrentContext(before: Before): KubeconfigText {
    const pair = this.pair(CURRENT);
    if (!pair) return this;
    if (before === null)
      return this.root.flow
        ? this.resetCurrentContext(' ""')
        : this.removeKey(CURRENT);
    return this.cut(colonOf(pair, this.text), endOf(pair), before);
  }

  private addInFlow(
    list: List,
    pair: Pair | undefined,
    item: Fields,
  ): KubeconfigText {
    const json = JSON.stringify(item);
    if (!pair) return this.insertPair(`${JSON.stringify(list)}: [${json}]`);
    const seq = pair.value;
    if (!isSeq(seq)) {
      return this.cut(colonOf(pair, this.text), endOf(pair), ` [${json}]`);
    }
    const last = seq.items.at(-1) as Ranged | undefined;
    return last
      ? this.insert(rangeOf(last)[1], `, ${json}`)
      : this.insert(rangeOf(seq)[0] + 1, json);
  }

  private insertPair(pair: string): KubeconfigText {
    const last = this.root.items.at(-1);
    return last
      ? this.insert(endOf(last), `, ${pair}`)
      : this.insert(rangeOf(this.root)[0] + 1, pair);
  }

  /** Removes a key and its value. */
  private removeKey(key: string): KubeconfigText {
    const pair = this.pair(key)!;
    const start = lineStart(this.text, rangeOf(pair.key as Ranged)[0]);
    const end = lineEnd(this.text, endOf(pair));
    const open = this.text[end - 1] !== "\n";
    return this.cut(open ? Math.max(0, start - 1) : start, end);
  }

  /** Inserts lines behind the line of a position. If the text did not end with a line break, it still does not. */
  private insertLines(after: number, lines: string): KubeconfigText {
    const at = lineEnd(this.text, after);
    return at > 0 && this.text[at - 1] !== "\n"
      ? this.insert(at, `\n${lines.slice(0, -1)}`)
      : this.insert(at, lines);
  }

  private insert(at: number, text: string): KubeconfigText {
    return this.cut(at, at, text);
  }

  private cut(start: number, end: number, instead = ""): KubeconfigText {
    const { text, path } = this;
    const changed = text.slice(0, start) + instead + text.slice(end);
    return new KubeconfigText(changed, path);
  }

  private linesOf(seq: YAMLSeq, at: number): { start: number; end: number } {
    return {
      start: lineStart(this.text, this.dashOf(seq, at)),
      end: lineEnd(this.text, endOf(seq.items[at] as Ranged)),
    };
  }

  /** The position of an item's dash. There may be comments between the dash and the item's content. */
  private dashOf(seq: YAMLSeq, at: number): number {
    const [start] = rangeOf(seq.items[at] as Ranged);
    const above = this.text.slice(0, start);
    const dash = [...above.matchAll(/^ *-(?=\s)/gm)].at(-1);
    if (!dash) throw notAKubeconfig(this.path, "a list in it has no dashes");
    return dash.index + dash[0].length - 1;
  }

  /** An item with its aliases resolved. */
  private whole(item: YAMLMap): Fields {
    try {
      return item.toJS(this.document, {
        maxAliasCount: LIMITS.aliases,
      }) as Fields;
    } catch (error) {
      if (!(error instanceof ReferenceError)) throw error;
      throw notAKubeconfig(this.path, "its aliases expand to too much");
    }
  }

  private items(list: List): YAMLMap[] {
    const value = this.pair(list)?.value;
    return isSeq(value) ? value.items.filter(isMap) : [];
  }

  private indexOf(list: List, name: string): number {
    return this.items(list).findIndex((item) => item.get("name") === name);
  }

  private pair(key: string): Pair | undefined {
    return this.root.items.find((pair) => keyOf(pair) === key);
  }
}

export const CURRENT = "current-context";

const rendered = (item: Fields, indent = 0): string =>
  toYaml([item]).replace(/^(?=.)/gm, " ".repeat(indent));

const scalar = (text: string): string => toYaml(text).trimEnd();
