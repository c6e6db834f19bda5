import type { Request } from "../../lib/request/request";
import type { SynthesizedResource } from "./resources";

/** The request that a resource passes to the agent. A value that is known only at apply is an expression, `${…}`. */
export function requestOf(resource: SynthesizedResource): Request | undefined {
  const text = resource.provisioner?.[0]?.["local-exec"].environment;
  if (text === undefined) return undefined;
  const start = "${merge([for request in [";
  if (!text.startsWith(start)) throw new Error(`no request: ${text}`);
  return new Reader(text.slice(start.length)).value() as Request;
}

/** Parses values of Terraform's expression language. */
class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  value(): unknown {
    if (this.takes("{")) return Object.fromEntries(this.fields());
    if (this.takes("[")) return this.items();
    const end = this.endOfExpression();
    const expression = this.text.slice(this.at, end);
    this.at = end;
    return literal(expression) ?? `\${${expression}}`;
  }

  private fields(): [string, unknown][] {
    const fields: [string, unknown][] = [];
    while (!this.takes("}")) {
      const key = this.value() as string;
      if (!this.takes(" = ")) throw new Error(`no field: ${this.text}`);
      fields.push([key, this.value()]);
      this.takes(", ");
    }
    return fields;
  }

  private items(): unknown[] {
    const items: unknown[] = [];
    while (!this.takes("]")) {
      items.push(this.value());
      this.takes(", ");
    }
    return items;
  }

  private takes(text: string): boolean {
    const is = this.text.startsWith(text, this.at);
    if (is) this.at += text.length;
    return is;
  }

  /** The end of an expression that is not a list or an object: the next of `, ] } =` outside quotes and brackets. */
  private endOfExpression(): number {
    const token = /"(?:[^"\\]|\\.)*"|[^"]/gs;
    token.lastIndex = this.at;
    for (let depth = 0; ;) {
      const at = token.lastIndex;
      const [found] = token.exec(this.text) ?? [""];
      const closes = /^[)\]}]$/.test(found);
      if (found === "" || (depth === 0 && (closes || /^[, ]$/.test(found))))
        return at;
      if (/^[([{]$/.test(found)) depth++;
      if (closes) depth--;
    }
  }
}

function literal(expression: string): unknown {
  try {
    return JSON.parse(
      expression.replace(/\$\$\{/g, "${").replace(/%%\{/g, "%{"),
    );
  } catch {
    return undefined;
  }
}
