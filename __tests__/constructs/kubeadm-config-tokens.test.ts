import { cluster, init, props } from "./support/kubeadm-config";

describe("bootstrap tokens", () => {
  test("are kubeadm's default if the list is empty", () => {
    expect(init("bootstrapTokens: []").bootstrapTokens).toBeUndefined();
  });

  test("get kubeadm's defaults for empty fields", () => {
    expect(
      init("bootstrapTokens: [{ usages: [], groups: null, ttl: 0s }]")
        .bootstrapTokens,
    ).toEqual([{ ttl: "0s" }]);
  });

  test("fail when one has both ttl and expires", () => {
    expect(() =>
      init("bootstrapTokens: [{ ttl: 1h, expires: 2030-01-31T12:00:00Z }]"),
    ).toThrow("InitConfiguration.bootstrapTokens[0] has both ttl and expires");
  });

  test.each([
    "bootstrapTokens: [{ tokn: abcdef.0123456789abcdef }]",
    "bootstrapTokens: [{ token: [abcdef.0123456789abcdef] }]",
    "bootstrapTokens: [{ token: abcdef.0123456789abcdef, token: a }]",
    "bootstrapTokens:\n  - token: abcdef.0123456789abcdef\n token: a",
    "bootstrapTokens: abcdef.0123456789abcdef",
  ])("are not shown in any error: %j", (text) => {
    expect(() => init(text)).toThrow(/^(?!.*(abcdef|0123456789))/s);
  });
});

describe("lifetimes", () => {
  test.each([
    ["8760h", 8760],
    ["1.5h", 1.5],
    ["1h30m", 1.5],
  ])("are Go durations: %s", (text, hours) => {
    expect(
      props(
        cluster(`certificateValidityPeriod: ${text}`),
      ).certificateValidity?.toHours(),
    ).toBe(hours);
  });

  test.each(["365d", "8760", "1 h", '""'])(
    "fail when one is not a duration: %s",
    (text) => {
      expect(() =>
        props(cluster(`certificateValidityPeriod: ${text}`)),
      ).toThrow(
        /ClusterConfiguration\.certificateValidityPeriod is .*Go duration/,
      );
    },
  );

  test.each(["0s", "-1h"])(
    "fail when one is not more than zero: %s",
    (text) => {
      expect(() =>
        props(cluster(`caCertificateValidityPeriod: ${text}`)),
      ).toThrow(/more than zero/);
    },
  );
});
