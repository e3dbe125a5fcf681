import type { App } from '../app/app-schema.ts';
import { portAssignments } from './port-assignments.ts';

export interface TaskPlace {
  readonly app: App;
  readonly taskId: string;
  readonly host: string;
  readonly ports: readonly number[];
}

/** What a task finds in its environment; the app's own values win. */
export function taskEnvironment(place: TaskPlace): Record<string, string> {
  const own = Object.entries(place.app.env).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return { ...fromApp(place), ...fromPorts(place), HOST: place.host, ...Object.fromEntries(own) };
}

function fromApp({ app, taskId }: TaskPlace): Record<string, string> {
  const image = app.container?.docker?.image;
  const labels = Object.entries(app.labels).filter(([name]) => /^[\w.-]+$/.test(name));
  const names = labels.map(([name]) => [name, environmentForm(name)] as const);
  return {
    MESOS_TASK_ID: taskId,
    MARATHON_APP_ID: app.id,
    MARATHON_APP_VERSION: app.version,
    ...(image === undefined ? {} : { MARATHON_APP_DOCKER_IMAGE: image }),
    MARATHON_APP_RESOURCE_CPUS: decimal(app.cpus),
    MARATHON_APP_RESOURCE_MEM: decimal(app.mem),
    MARATHON_APP_RESOURCE_DISK: decimal(app.disk),
    MARATHON_APP_RESOURCE_GPUS: String(app.gpus),
    MARATHON_APP_LABELS: names.map(([, form]) => form).join(' '),
    ...Object.fromEntries(
      names.map(([name, form]) => [`MARATHON_APP_LABEL_${form}`, app.labels[name] ?? '']),
    ),
  };
}

function fromPorts({ app, ports }: TaskPlace): Record<string, string> {
  const [first] = ports;
  if (first === undefined) return {};
  const variables: [string, string][] = [
    ['PORT', String(first)],
    ['PORTS', ports.join(',')],
    ...ports.map((port, index): [string, string] => [`PORT${index}`, String(port)]),
  ];
  for (const { declared, name, hostPort } of portAssignments(app, ports)) {
    if (hostPort === undefined) continue;
    if (declared !== 0) variables.push([`PORT_${declared}`, String(hostPort)]);
    if (name !== undefined) variables.push([`PORT_${environmentForm(name)}`, String(hostPort)]);
  }
  return Object.fromEntries(variables);
}

function environmentForm(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9_]/g, '_');
}

/** Scala prints the double 1 as `1.0`. */
function decimal(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
