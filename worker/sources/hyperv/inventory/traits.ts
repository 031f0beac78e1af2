/** Maps what is peculiar to how a machine of Hyper-V is set up: what few have, and what does not move by itself. */
import type { MachineTraits } from '../../../../main/shared/inventory.ts';
import type { MachineAnswer } from '../answers.ts';

/** Of the integration service “Time Synchronization”, whatever the host's language calls it. */
const TIME = '2497F4DE-E9FA-4204-80E4-4B75C46419C0';
/** What is not said is what Hyper-V does with every machine. */
const STARTS: Readonly<Record<string, string>> = {
  Start: 'always starts with its host',
  Nothing: 'does not start with its host',
};
const STOPS: Readonly<Record<string, string>> = {
  ShutDown: 'is shut down with its host',
  TurnOff: 'is turned off with its host',
};

export function traitsOf({ extras, services, cards }: MachineAnswer): MachineTraits {
  const gateways = [...new Set(cards.flatMap(({ guest }) => guest?.gateways ?? []))];
  const takesHostTime = services.some(
    ({ id, name, enabled }) => enabled && (id.toUpperCase().includes(TIME) || name === 'Time Synchronization'),
  );
  const traits: MachineTraits = {
    ...(gateways.length === 0 ? {} : { gateways }),
    ...(takesHostTime ? { takesHostTime } : {}),
  };
  if (extras === null || extras === undefined) return traits;
  const tuning = tuningOf(extras);
  const availability = [STARTS[extras.startAction], STOPS[extras.stopAction]].filter((words) => words !== undefined);
  return {
    ...traits,
    ...(extras.media.length === 0 ? {} : { media: extras.media.map((path) => `DVD drive: ${path}`) }),
    ...(extras.ports.length === 0 ? {} : { ports: extras.ports.map((path) => `serial port: ${path}`) }),
    ...(extras.nested ? { isNesting: true } : {}),
    ...(tuning.length === 0 ? {} : { tuning }),
    ...(availability.length === 0 ? {} : { availability }),
  };
}

function tuningOf({ reserve, limit, weight }: NonNullable<MachineAnswer['extras']>): string[] {
  return [
    ...((reserve ?? 0) > 0 ? [`${reserve} % of its processors reserved`] : []),
    ...((limit ?? 100) < 100 ? [`processors limited to ${limit} %`] : []),
    ...((weight ?? 100) === 100 ? [] : [`processors weighed ${weight} instead of 100`]),
  ];
}
