import { invalidDuration } from "./errors";

/** A length of time. */
export class Duration {
  /** So many hours. @param amount More than zero. */
  static hours(amount: number): Duration {
    return new Duration(amount);
  }

  /** So many days of 24 hours. @param amount More than zero. */
  static days(amount: number): Duration {
    return new Duration(amount * 24);
  }

  /**
   * What a text says. Throws where it is no duration or nothing.
   * @param text A duration as Go and kubeadm write it: `8760h`, `90m`, `8760h0m0s`.
   * @see https://pkg.go.dev/time#ParseDuration
   */
  static parse(text: string): Duration {
    const match = /^(?=.)(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text);
    if (!match) throw invalidDuration(text);
    const [hours, minutes, seconds] = match
      .slice(1)
      .map((part) => Number(part ?? 0));
    return new Duration(hours + minutes / 60 + seconds / 3600);
  }

  private constructor(private readonly hoursCount: number) {
    if (!(hoursCount > 0) || !Number.isFinite(hoursCount))
      throw invalidDuration(`${hoursCount}h`);
  }

  /** Its length in hours. */
  toHours(): number {
    return this.hoursCount;
  }

  /** As Terraform's `timeadd` takes it: whole seconds. */
  toString(): string {
    return Number.isInteger(this.hoursCount)
      ? `${this.hoursCount}h`
      : `${Math.round(this.hoursCount * 3600)}s`;
  }
}
