/** The queues and exchanges of a fleet, as each side makes them when it connects. */
import type { Channel } from 'amqplib';
import { randomBytes } from 'node:crypto';
import type { NodeId } from '../../shared/schedule.ts';

/** Makes a queue where it is missing, and names it. */
export type Declare = (channel: Channel) => Promise<string>;

/** What nobody could deal with, with the reason. */
export const DEAD_QUEUE = 'guts.dead';
export const TRUTH_QUEUE = 'guts.truth';
export const TOLD_EXCHANGE = 'guts.told';
export const jobsQueue = (node: NodeId): string => `guts.jobs.${node}`;
export const wishesQueue = (node: NodeId): string => `guts.wishes.${node}`;

/** More often has nobody had it in hand and lost it by chance: it ends whoever takes it. */
const MOST_DELIVERIES = 100;
const MOST_DEAD = 10_000;
const MOST_IN_TRUTH = 100_000;
const MOST_TOLD = 10_000;
const WISH_LIVES_MS = 60_000;

/** Killed brokers keep what is in it; what is delivered in vain too often goes to the dead letters, and is not lost on the way. */
const lasting = {
  'x-queue-type': 'quorum',
  'x-delivery-limit': MOST_DELIVERIES,
  'x-dead-letter-exchange': '',
  'x-dead-letter-routing-key': DEAD_QUEUE,
  'x-dead-letter-strategy': 'at-least-once',
  'x-overflow': 'reject-publish',
};

export const declareDead: Declare = async (channel) => {
  const bounds = { 'x-queue-type': 'quorum', 'x-max-length': MOST_DEAD, 'x-overflow': 'drop-head' };
  await channel.assertQueue(DEAD_QUEUE, { durable: true, arguments: bounds });
  return DEAD_QUEUE;
};

export const declareJobs =
  (node: NodeId): Declare =>
  async (channel) => {
    await declareDead(channel);
    await channel.assertQueue(jobsQueue(node), { durable: true, arguments: lasting });
    return jobsQueue(node);
  };

/** Read by one daemon at a time; the next takes over when that one is gone. */
export const declareTruth: Declare = async (channel) => {
  await declareDead(channel);
  const bounds = { 'x-single-active-consumer': true, 'x-max-length': MOST_IN_TRUTH };
  await channel.assertQueue(TRUTH_QUEUE, { durable: true, arguments: { ...lasting, ...bounds } });
  return TRUTH_QUEUE;
};

export const declareToldExchange = async (channel: Channel): Promise<void> => {
  await channel.assertExchange(TOLD_EXCHANGE, 'fanout', { durable: false });
};

/** One for each connection: what was told while nobody listened is of no use any more. */
export const declareTold: Declare = async (channel) => {
  await declareToldExchange(channel);
  const queue = `guts.told.${randomBytes(9).toString('hex')}`;
  const bounds = { 'x-max-length': MOST_TOLD, 'x-overflow': 'drop-head' };
  await channel.assertQueue(queue, { exclusive: true, durable: false, autoDelete: true, arguments: bounds });
  await channel.bindQueue(queue, TOLD_EXCHANGE, '');
  return queue;
};

/** A worker's own, as long as it is connected: who wishes something of a node that is away hears so at once. */
export const declareWishes =
  (node: NodeId): Declare =>
  async (channel) => {
    const queue = wishesQueue(node);
    const bounds = { 'x-message-ttl': WISH_LIVES_MS };
    await channel.assertQueue(queue, { exclusive: false, durable: false, autoDelete: true, arguments: bounds });
    return queue;
  };

/** One daemon's, or several's that share a state. */
export const DAEMON_CLAIM = 'guts.daemon';
/** One process's, which is called so among nodes. */
export const nameClaim = (node: NodeId): string => `guts.names.${node}`;

/** Nothing is ever sent there: that it is made otherwise by somebody else is what the broker refuses. Gone with whoever has made it. */
export async function declareClaim(channel: Channel, queue: string, holder: string): Promise<void> {
  const whose = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': holder };
  await channel.assertQueue(queue, { exclusive: false, durable: false, autoDelete: true, arguments: whose });
}

/** For the answers to one connection's questions. */
export const declareAnswers = async (channel: Channel): Promise<string> => {
  const queue = `guts.answers.${randomBytes(9).toString('hex')}`;
  await channel.assertQueue(queue, { exclusive: true, durable: false, autoDelete: true });
  return queue;
};
