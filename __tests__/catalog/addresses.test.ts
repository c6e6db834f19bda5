import { isIP } from "node:net";
import {
  formatAddress,
  indexedAddress,
  parseAddress,
  parseCidr,
} from "../../lib/catalog/addresses";

test.each([
  ["10.96.0.0/12", 1, "10.96.0.1"],
  ["10.96.0.0/12", 10, "10.96.0.10"],
  ["10.100.7.9/12", 10, "10.96.0.10"],
  ["172.20.0.240/28", 10, "172.20.0.250"],
  ["192.168.255.0/24", 10, "192.168.255.10"],
  ["fd00:10:96::/112", 1, "fd00:10:96::1"],
  ["fd00:10:96::/112", 10, "fd00:10:96::a"],
  ["FD00:10:96:0:0:0:1:0/112", 10, "fd00:10:96::1:a"],
  ["2001:db8:0:1:1:1:1:0/112", 1, "2001:db8:0:1:1:1:1:1"],
  ["2001:0:0:1:0:0:0:0/112", 1, "2001:0:0:1::1"],
  ["::/64", 1, "::1"],
  ["::ffff:0:0/108", 10, "::ffff:0:a"],
])("in %s the address number %i is %s", (cidr, index, address) => {
  expect(indexedAddress(cidr, index)).toBe(address);
});

test.each([
  "10.0.0.0",
  "10.0.0.0/33",
  "10.0.0/8",
  "10.0.0.256/8",
  "010.0.0.0/8",
  "fd00::/129",
  "fd00:::/64",
  "fd00::1::/64",
  "g::/64",
  "1:2:3:4:5:6:7/64",
  "",
  "/8",
])("fails when a CIDR is %j", (text) =>
  expect(parseCidr(text)).toBeUndefined(),
);

test.each([
  ["1.2.3.4", 4],
  ["::1", 6],
  ["::ffff:1.2.3.4", 6],
])("%s is an address of family %i", (text, family) => {
  expect(parseAddress(text)?.family).toBe(family);
});

test.each([
  "1.2.3.4",
  "1.2.3",
  "1.2.3.4.5",
  "01.2.3.4",
  "256.1.1.1",
  "::",
  "1::",
  "::1.2.3.4",
  "1:2:3:4:5:6:1.2.3.4",
  "1.2.3.4::",
  "1.2.3.4::5",
  "1:1.2.3.4::5",
  "1:2:3:4:5:6:7:8",
  "1:2:3:4:5:6:7:8:9",
  "1:2:3:4:5:6:7::",
  "1::2::3",
  "12345::",
  ":1",
  "1:",
  "",
  "host",
])(
  "parses %j as an address of the same family as Node does, or of none",
  (text) => {
    expect(parseAddress(text)?.family ?? 0).toBe(isIP(text));
  },
);

test.each(["fd00::0001", "0:0:1::", "1:0:0:2:0:0:0:3", "::1.2.3.4", "A:B::C"])(
  "%s is formatted as in a URL",
  (text) => {
    const [, written] = /\[(.*)\]/.exec(new URL(`http://[${text}]`).host) ?? [];
    expect(formatAddress(parseAddress(text)!)).toBe(written);
  },
);
