import type { Blow } from '../bounds/bounds-of.ts';
import type { DrillClass, Expectation, Victim } from '../drill-plan.ts';
import type { Attack } from '../fault.ts';
import type { Scene } from '../scene/scene.ts';

export interface PlanOptions {
  /** Builds of other people may be lost by drills that cost builds. */
  readonly allowBuildLoss?: boolean | undefined;
  /** How long the last canary build took. */
  readonly canaryMs?: number | undefined;
  /** The build agent of the build in flight: node and controller. */
  readonly buildAgent?: { readonly controller: string; readonly node: string } | undefined;
  /** At least 0 and below 1: which of the safe drills comes next in a soak. */
  readonly random?: number | undefined;
}

/** An experiment of the catalogue. */
export interface Drill {
  /** `D02`; the name for those without a number. */
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly class: DrillClass;
  /** Its victim is known only when the canary build runs: plan it again then. */
  readonly aim?: 'in-flight';
  /** Rounds of other drills, one at a time; each is planned by itself. */
  readonly rounds?: number;
  readonly draft: (scene: Scene, options: PlanOptions) => Drafted;
}

export type Drafted =
  | Draft
  /** The host or the cluster cannot: the reason. */
  | { readonly kind: 'skip'; readonly reason: string }
  /** Nobody can tell now whom it would hit; unknown counts as no. */
  | { readonly kind: 'unaimed'; readonly reason: string }
  /** Another drill takes its place. */
  | { readonly kind: 'instead'; readonly drill: Drill };

/** A plan before bounds and gates. */
export interface Draft {
  readonly kind: 'draft';
  readonly victims: readonly Victim[];
  readonly attack: Attack;
  readonly blow: Blow;
  readonly expects: Partial<Expectation>;
  /** The majority is kept, lost on purpose, or may pause for a restart where there is one member. */
  readonly margin: 'kept' | 'lost' | 'restart';
  /** More to know than the faults say by themselves. */
  readonly notes: readonly string[];
  /** Its fault ends by itself what other people build. */
  readonly costsBuilds: boolean;
}
