/** Says in passing that something was done. What went wrong is said where it happened, and stays there. */
import type { ReactNode } from 'react';
import { create } from 'zustand';

export interface Toast {
  readonly id: number;
  readonly title: string | null;
  readonly message: ReactNode;
  /** Until somebody closes it. */
  readonly stays: boolean;
  readonly isError: boolean;
}

interface ToastMore extends Partial<Pick<Toast, 'stays' | 'isError'>> {
  readonly title?: string;
}

/** More than that nobody reads; the oldest go. */
const MOST = 5;
let lastId = 0;

/** Oldest first. */
export const useToasts = create<{ readonly toasts: readonly Toast[] }>()(() => ({ toasts: [] }));

export function toast(message: ReactNode, { title = undefined, stays = false, isError = false }: ToastMore = {}): void {
  const next: Toast = { id: ++lastId, title: title ?? null, message, stays, isError };
  useToasts.setState(({ toasts }) => ({ toasts: [...toasts, next].slice(-MOST) }));
}

export const closeToast = (id: number): void =>
  useToasts.setState(({ toasts }) => ({ toasts: toasts.filter((one) => one.id !== id) }));
