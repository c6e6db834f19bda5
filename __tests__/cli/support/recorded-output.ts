import type { EventFields, EventType } from "../../../lib/cli/event-rows";
import { type Output, PLAIN } from "../../../lib/cli/output";
import type { Doing } from "../../../lib/cli/phases";

/** An output that keeps what it is given. */
export class RecordedOutput implements Output {
  readonly said: string[] = [];
  readonly complaints: string[] = [];
  readonly events: { readonly type: EventType }[] = [];
  readonly doings: Doing[] = [];
  readonly canAsk = false;
  readonly style = PLAIN;

  readonly say = (line = ""): void => void this.said.push(line);
  readonly note = this.say;
  readonly warn = (text: string): void => void this.complaints.push(text);
  readonly fail = this.warn;
  readonly document = (json: () => string): void => this.say(json());
  readonly doing = (doing: Doing): void => void this.doings.push(doing);
  readonly event = <Type extends EventType>(
    type: Type,
    fields: EventFields<Type>,
  ): void => void this.events.push({ type, ...fields });
  readonly during: Output["during"] = (_, work) => work();
}
