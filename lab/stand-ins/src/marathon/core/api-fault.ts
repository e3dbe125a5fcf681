import type { Fault } from '../app/validate-app.ts';

/** A request that is refused, with Marathon's status and the fields of its body. */
export class ApiFault extends Error {
  override readonly name = 'ApiFault';
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;

  constructor(status: number, body: Readonly<Record<string, unknown>> & { message: string }) {
    super(body.message);
    this.status = status;
    this.body = body;
  }
}

export function invalid(faults: readonly Fault[]): ApiFault {
  return new ApiFault(422, { message: 'Object is not valid', details: faults });
}

export function noSuchApp(id: string): ApiFault {
  return new ApiFault(404, { message: `App '${id}' does not exist` });
}

export function locked(deploymentIds: readonly string[]): ApiFault {
  return new ApiFault(409, {
    message:
      "App is locked by one or more deployments. Override with the option '?force=true'. View details at '/v2/deployments/<DEPLOYMENT_ID>'.",
    deployments: deploymentIds.map((id) => ({ id })),
  });
}
