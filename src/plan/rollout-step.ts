/** Calls of rollouts. */
export type RolloutStep =
  | SetImage
  /** The same definition again: Marathon ends the app's task and starts another one. */
  | { readonly kind: 'restart-app'; readonly id: string };

/** Written into the cluster file, or the next `init` would undo the change. */
export interface SetImage {
  readonly kind: 'set-image';
  /** The cluster file, as the command line names it. */
  readonly file: string;
  /** `['images', 'marathon']`, or `['jenkins', NAME, 'image']`. */
  readonly path: readonly [string, ...string[]];
  readonly image: string;
}

type Tellings = {
  readonly [K in RolloutStep['kind']]: (step: Extract<RolloutStep, { readonly kind: K }>) => string;
};

export const rolloutTellings: Tellings = {
  'set-image': ({ path, image }) => `write ${path.join('.')}: ${image} into the cluster file`,
  'restart-app': ({ id }) => `restart app ${id} in Marathon`,
};
