import { authority, certificate } from "../../agent/support/artefacts";
import {
  batchRequest,
  type Outcome,
  Workplace,
} from "../../agent/support/workplace";

export const teardown = {
  action: "teardown",
  retainAuthorities: false,
} as const;

export const ALL = [
  authority(),
  certificate({}, { files: "a.crt 0644\na.key 0600" }),
];

export async function made(): Promise<Workplace> {
  const place = new Workplace();
  const { status } = await place.run(batchRequest("ca"), ALL);
  expect(status).toBe(0);
  return place;
}

export function expectSentence(
  { status, stderr }: Outcome,
  file: string,
): void {
  expect(status).toBe(1);
  expect(stderr).toMatch(new RegExp(`^Error: \\S*clusters/demo/${file}`));
  expect(stderr.split("\n").length).toBeGreaterThan(2);
  expect(stderr).not.toMatch(/bug of the agent|\n {4}at |Error:.*Error:/);
}
