import { z } from 'zod';

const port = z.number().int().min(0).max(65_535);
const seconds = z.number().int().min(0);

/** `AppHealthCheck` of `types/healthCheck.raml`, Marathon 1.10. */
export const healthCheck = z.object({
  protocol: z
    .enum(['HTTP', 'HTTPS', 'TCP', 'COMMAND', 'MESOS_TCP', 'MESOS_HTTP', 'MESOS_HTTPS'])
    .default('HTTP'),
  path: z.string().optional(),
  portIndex: z.number().int().min(0).optional(),
  port: port.optional(),
  command: z.object({ value: z.string().min(1) }).optional(),
  gracePeriodSeconds: seconds.default(300),
  intervalSeconds: seconds.default(60),
  timeoutSeconds: seconds.default(20),
  maxConsecutiveFailures: seconds.default(3),
  delaySeconds: seconds.default(15),
  ignoreHttp1xx: z.boolean().optional(),
  ipProtocol: z.enum(['IPv4', 'IPv6']).default('IPv4'),
});

/** `types/readinessCheck.raml`. */
export const readinessCheck = z.object({
  name: z.string().default('readinessCheck'),
  protocol: z.enum(['HTTP', 'HTTPS']).default('HTTP'),
  path: z.string().default('/'),
  portName: z.string().default('http-api'),
  intervalSeconds: seconds.default(30),
  timeoutSeconds: seconds.default(10),
  httpStatusCodesForReady: z.array(z.number().int()).default([200]),
  preserveLastResponse: z.boolean().default(false),
});

const operators = ['UNIQUE', 'CLUSTER', 'GROUP_BY', 'LIKE', 'UNLIKE', 'MAX_PER', 'IS'];
const needValue = ['LIKE', 'UNLIKE', 'MAX_PER', 'IS'];

/** `[field, operator, value]`; messages as in `Constraints` of `AppValidation.scala`. */
export const constraint = z
  .array(z.string())
  .min(2)
  .max(3)
  .superRefine(([, operator = '', value], context) => {
    const fault = faultOf(operator, value);
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
  });

function faultOf(operator: string, value: string | undefined): string | undefined {
  if (!operators.includes(operator)) return `Operator must be one of ${operators.join(', ')}`;
  if (value === undefined) {
    return needValue.includes(operator) ? `${operator} requires a value` : undefined;
  }
  if (operator === 'UNIQUE') return 'UNIQUE must not have a value';
  if (['GROUP_BY', 'MAX_PER'].includes(operator) && !/^\d+$/.test(value)) {
    return `Value was specified but is not a number: ${operator} may only be used with integers`;
  }
  if (!['LIKE', 'UNLIKE'].includes(operator) || isRegularExpression(value)) return undefined;
  return `'${value}' is not a valid regular expression`;
}

function isRegularExpression(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
