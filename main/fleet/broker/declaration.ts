/** Queues and exchanges that somebody writes to and does not read: made at each connection. */
import type { Channel } from 'amqplib';
import type { Attachment } from './attachment.ts';
import { closed, type Session } from './session.ts';

export class Declaration implements Attachment {
  readonly #declare: (channel: Channel) => Promise<unknown>;

  constructor(declare: (channel: Channel) => Promise<unknown>) {
    this.#declare = declare;
  }

  async attach(session: Session): Promise<void> {
    const channel = await session.channel();
    await session.ask(async () => {
      await this.#declare(channel);
      await closed(channel);
    });
  }
}

/** With everything in it. */
export const withoutQueue = (name: string): Declaration =>
  new Declaration(async (channel) => await channel.deleteQueue(name));
