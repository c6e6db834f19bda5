import { hoursOfGoDuration, LONGEST_HOURS } from "../catalog/go-duration";
import { durationOutOfRange, invalidDuration } from "./errors";

/** A length of time. */
export class Duration {
  /** No time at all. As `renewBefore`, it means that a certificate is renewed only after it has expired. */
  static readonly ZERO = new Duration(0);

  /** A number of minutes. @param amount More than zero. */
  static minutes(amount: number): Duration {
    return Duration.moreThanZero(amount / 60, `${amount} minutes`);
  }

  /** A number of hours. @param amount More than zero. */
  static hours(amount: number): Duration {
    return Duration.moreThanZero(amount, `${amount} hours`);
  }

  /** A number of days of 24 hours. @param amount More than zero. */
  static days(amount: number): Duration {
    return Duration.moreThanZero(amount * 24, `${amount} days`);
  }

  /**
   * Parses a duration. Throws if the text is not a duration, or not more than zero.
   * @param text A duration in the syntax of Go and kubeadm: `8760h`, `90m`, `8760h0m0s`.
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

  /** The duration in hours. */
  toHours(): number {
    return this.hoursCount;
  }

  /** The duration in whole seconds, rounded up. */
  toSeconds(): number {
    return Math.ceil(Math.round(this.hoursCount * 3_600_000) / 1000);
  }

  /**
   * Throws unless the duration is in a range.
   * @param what The prop, and to what it belongs.
   * @internal
   */
  requireWithin(what: string, least: Duration, most: Duration = LONGEST): this {
    if (this.hoursCount < least.hoursCount || this.hoursCount > most.hoursCount)
      throw durationOutOfRange(
        what,
        this.toExactString(),
        least.toExactString(),
        most.toExactString(),
      );
    return this;
  }

  /** The duration for people, without rounding to seconds. */
  private toExactString(): string {
    const seconds = Number((this.hoursCount * 3600).toPrecision(10));
    return Number.isInteger(this.hoursCount) || seconds === 0
      ? `${this.hoursCount}h`
      : `${seconds}s`;
  }

  /** The duration as Terraform's `timeadd` accepts it, in whole hours or whole seconds. */
  toString(): string {
    return Number.isInteger(this.hoursCount)
      ? `${this.hoursCount}h`
      : `${Math.round(this.hoursCount * 3600)}s`;
  }
}

/** The shortest time that a timeout can have. */
export const SECOND = Duration.hours(1 / 3600);

/** The longest time that a timeout can have. Nobody waits longer than a day. */
export const LONGEST_WAIT = Duration.hours(24);

/** The longest duration in Go. It ends before the year 9999, the last that X.509 allows. */
const LONGEST = Duration.hours(LONGEST_HOURS);
