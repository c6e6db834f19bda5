import type { ControlPlaneProps } from "../../lib";
import { refuses, takes } from "./support/refusals";

type Props = Partial<ControlPlaneProps>;
const token = (props: object) => ({ bootstrapTokens: [props] }) as Props;

describe("a bootstrap token is refused", () => {
  refuses("%s", [
    ["for its usage", token({ usages: ["sign"] }), 'usages has "sign"'],
    ["for its group", token({ groups: ["foo"] }), 'groups has "foo"'],
    [
      "for a group without a name",
      token({ groups: ["system:bootstrappers:"] }),
      "system:bootstrappers:",
    ],
    [
      "for capitals in its group",
      token({ groups: ["system:bootstrappers:Bad Group"] }),
      "Bad Group",
    ],
    ["for an endless ttl", token({ ttl: ".inf" }), 'ttl is ".inf"'],
    ["for days", token({ ttl: "1d" }), "duration"],
    ["for a negative ttl", token({ ttl: "-1h" }), '"-1h"'],
    ["for a ttl beyond Go", token({ ttl: "2562048h" }), "2562047h"],
    ["for an end that is none", token({ expires: "tomorrow" }), "RFC 3339"],
    [
      "for the 30th of February",
      token({ expires: "2030-02-30T00:00:00Z" }),
      "expires",
    ],
  ]);
  takes("%s is taken", [
    ["one that does not expire", token({ ttl: "0" })],
    ["an end", token({ expires: "2030-01-31T12:00:00+01:00" })],
    ["a group", token({ groups: ["system:bootstrappers:a:b-1"] })],
  ]);
});
