import { hoursOfGoDuration } from "../catalog/go-duration";
import { invalidDuration } from "./errors";

/** A length of time. */
export class Duration {
  /** None: as `renewBefore` it leaves a certificate alone until it has ended. */
  static readonly ZERO = new Duration(0);

  /** So many minutes. @param amount More than zero. */
  static minutes(amount: number): Duration {
    return Duration.moreThanZero(amount / 60, `${amount} minutes`);
  }

  /** So many hours. @param amount More than zero. */
  static hours(amount: number): Duration {
    return Duration.moreThanZero(amount, `${amount} hours`);
  }

  /** So many days of 24 hours. @param amount More than zero. */
  static days(amount: number): Duration {
    return Duration.moreThanZero(amount * 24, `${amount} days`);
  }

  /**
   * What a text says. Throws where it is no duration or nothing.
   * @param text A duration as Go and kubeadm write it: `8760h`, `90m`, `8760h0m0s`.
   * @see https://pkg.go.dev/time#ParseDuration
   */
  static parse(text: string): Duration {
    const hours = hoursOfGoDuration(text);
    if (hours === undefined) throw invalidDuration(text);
    return Duration.moreThanZero(hours, text);
  }

  private static moreThanZero(hours: number, given: string): Duration {
    if (!(hours > 0) || !Number.isFinite(hours)) throw invalidDuration(given);
    return new Duration(hours);
  }

  private constructor(private readonly hoursCount: number) {}

  /** Its length in hours. */
  toHours(): number {
    return this.hoursCount;
  }

  /** Its length in whole seconds, at least one where it is more than none. */
  toSeconds(): number {
    return Math.ceil(Math.round(this.hoursCount * 3_600_000) / 1000);
  }

  /** As Terraform's `timeadd` takes it: whole seconds. */
  toString(): string {
    return Number.isInteger(this.hoursCount)
      ? `${this.hoursCount}h`
      : `${Math.round(this.hoursCount * 3600)}s`;
  }
}
