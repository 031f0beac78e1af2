/** How a command reaches the broker: its address, the file with its password, and what makes it trusted. */
import type { Command } from 'commander';
import type { BrokerOptions } from '../fleet/broker/broker.ts';
import { passwordIn } from '../fleet/broker/password.ts';
import { certificateOptions, givenTrust, type TrustFlags } from './trust-flags.ts';
import { UsageError } from './usage-error.ts';

export interface BrokerFlags extends TrustFlags {
  readonly broker?: string;
  readonly brokerPasswordFile?: string;
}

export const brokerOptions = (command: Command): Command =>
  certificateOptions(
    command
      .option('--broker <url>', 'amqps://USER@HOST[:PORT]/VHOST of RabbitMQ; amqp:// on this machine only')
      .option('--broker-password-file <file>', 'the file with the password of that user, on one line'),
  );

/** @throws UsageError where the address is given without what goes with it */
export async function brokerFrom(
  flags: BrokerFlags,
  onSecret: (secret: string) => void,
): Promise<Omit<BrokerOptions, 'name'> | null> {
  const { broker, brokerPasswordFile } = flags;
  if (broker === undefined) return null;
  if (brokerPasswordFile === undefined)
    throw new UsageError('--broker takes --broker-password-file: passwords are never words of a command.');
  return {
    url: broker,
    trust: (await givenTrust(flags)) ?? { kind: 'system' },
    password: async () => {
      const password = await passwordIn(brokerPasswordFile);
      onSecret(password);
      return password;
    },
  };
}
