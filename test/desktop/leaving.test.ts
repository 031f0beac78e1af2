/** How Guts ends: nothing that runs is stopped before somebody has said so, and nobody is asked for nothing. */
import { describe, expect, test } from 'vitest';
import { Leaving } from '../../main/electron/leaving.ts';
import { Question } from '../../main/electron/question.ts';
import type { Closing, QuitDecision, QuitQuestion } from '../../main/shared/desktop.ts';

interface Room {
  running?: number;
  hasTray?: boolean;
  closing?: Closing;
  /** What the page does when it is asked; nothing without it. */
  page?: (question: QuitQuestion, answer: Question['answer']) => void;
  /** What is chosen in the system's dialog. */
  system?: QuitDecision;
}

/** A desktop program with a page and a system that answer as told. */
function room({ running = 0, hasTray = false, closing = 'ask', page = () => {}, system = 'cancel' }: Room = {}) {
  const done: string[] = [];
  const asked: QuitQuestion[] = [];
  const question: Question = new Question({
    put: (one) => {
      asked.push(one);
      page(one, (answer) => question.answer(answer));
    },
    dialog: async () => {
      done.push('dialog');
      return await Promise.resolve(system);
    },
    patienceMs: 20,
  });
  const leaving = new Leaving({
    question,
    running: async () => await Promise.resolve(running),
    hasTray: () => hasTray,
    closing: () => closing,
    remember: (wish) => {
      closing = wish;
      done.push(`remember ${wish}`);
    },
    hide: () => void done.push('hide'),
    stop: async () => void done.push('stop'),
    exit: () => void done.push('exit'),
  });
  return { leaving, question, done, asked };
}

const answering = (answer: QuitDecision) => (_question: QuitQuestion, say: Question['answer']) => {
  say('shown');
  say(answer);
};

describe('quitting', () => {
  test('asks nobody when nothing runs', async () => {
    const { leaving, done, asked } = room();

    await leaving.quit();

    expect(done).toEqual(['stop', 'exit']);
    expect(asked).toEqual([]);
    expect(leaving.isOver).toBe(true);
  });

  test.each([
    ['quit', ['stop', 'exit']],
    ['background', ['hide']],
    ['cancel', []],
  ] as const)('with work under way does what the page answers: %s', async (answer, expected) => {
    const { leaving, done, asked } = room({ running: 3, hasTray: true, page: answering(answer) });

    await leaving.quit();

    expect(asked).toEqual([{ why: 'quit', running: 3, hasTray: true }]);
    expect(done).toEqual(expected);
  });

  test('asks by the system where the page shows nothing', async () => {
    const { leaving, done } = room({ running: 1, system: 'quit' });

    await leaving.quit();

    expect(done).toEqual(['dialog', 'stop', 'exit']);
  });

  test('waits for as long as it takes once the page has shown the question', async () => {
    let say: Question['answer'] = () => {};
    const { leaving, done } = room({
      running: 1,
      page: (_question, answer) => {
        say = answer;
        answer('shown');
      },
    });

    const quitting = leaving.quit();
    await new Promise((resolve) => setTimeout(resolve, 60)); // three times the patience
    expect(done).toEqual([]);
    say('background');
    await quitting;

    expect(done).toEqual(['hide']);
  });

  test('asks by the system when the page breaks with the question on it', async () => {
    const shown = (_question: QuitQuestion, answer: Question['answer']) => answer('shown');
    const { leaving, question, done } = room({ running: 1, page: shown, system: 'cancel' });

    const quitting = leaving.quit();
    await Promise.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    question.pageIsGone();
    await quitting;

    expect(done).toEqual(['dialog']);
  });

  test('twice shows the same question twice, and is answered once', async () => {
    let say: Question['answer'] = () => {};
    const { leaving, done, asked } = room({
      running: 2,
      page: (_question, answer) => {
        say = answer;
        answer('shown');
      },
    });

    const first = leaving.quit();
    await new Promise((resolve) => setImmediate(resolve));
    await leaving.quit();
    say('quit');
    await first;
    await leaving.quit();

    expect(asked).toHaveLength(2);
    expect(done).toEqual(['stop', 'exit']);
  });

  test('with the computer asks nobody, also when a question is open', async () => {
    const { leaving, question, done } = room({ running: 2, page: (_question, answer) => answer('shown') });

    const quitting = leaving.quit();
    await new Promise((resolve) => setImmediate(resolve));
    await leaving.end();
    question.answer('background');
    await quitting;

    expect(done).toEqual(['stop', 'exit']);
  });

  test('an answer that nobody asked for does nothing', () => {
    const { question, done } = room({ running: 1 });

    question.answer('quit');

    expect(done).toEqual([]);
  });
});

describe('closing the window', () => {
  test('without a tray is quitting', async () => {
    const { leaving, done } = room({ closing: 'tray' });

    await leaving.close();

    expect(done).toEqual(['stop', 'exit']);
  });

  test('with a tray asks once, and does the same from then on', async () => {
    const { leaving, done, asked } = room({ hasTray: true, page: answering('background') });

    await leaving.close();
    await leaving.close();

    expect(asked).toEqual([{ why: 'close', running: 0, hasTray: true }]);
    expect(done).toEqual(['remember tray', 'hide', 'hide']);
  });

  test('remembers to quit, and still asks before it pauses anything', async () => {
    const { leaving, done, asked } = room({ hasTray: true, running: 1, closing: 'quit', page: answering('cancel') });

    await leaving.close();

    expect(asked).toEqual([{ why: 'quit', running: 1, hasTray: true }]);
    expect(done).toEqual([]);
  });

  test('cancelled remembers nothing', async () => {
    const { leaving, done, asked } = room({ hasTray: true, page: answering('cancel') });

    await leaving.close();
    await leaving.close();

    expect(asked).toHaveLength(2);
    expect(done).toEqual([]);
  });
});
