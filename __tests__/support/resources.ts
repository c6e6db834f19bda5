export interface PlanJson {
  readonly resource_changes: readonly {
    readonly address: string;
    readonly change: {
      readonly actions: readonly string[];
      readonly before: SynthesizedResource | null;
      readonly after: SynthesizedResource | null;
    };
  }[];
}

export interface Synthesized {
  readonly resource?: Record<string, Record<string, SynthesizedResource>>;
}

export interface SynthesizedResource {
  readonly triggers?: Record<string, string>;
  readonly triggers_replace?: Record<string, string>;
  readonly depends_on?: readonly string[];
  readonly lifecycle?: Record<string, unknown>;
  readonly provisioner?: readonly {
    readonly "local-exec": {
      readonly command: string;
      readonly environment: string;
    };
  }[];
}

export const triggersOf = (resource: SynthesizedResource | null) =>
  resource?.triggers_replace ?? resource?.triggers;
