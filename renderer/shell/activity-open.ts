/** Whether the activity drawer is open; keys, the head and the status bar open it. */
import { create } from 'zustand';

export const useActivityOpen = create<{ readonly isOpen: boolean }>()(() => ({ isOpen: false }));

export const openActivity = (): void => useActivityOpen.setState({ isOpen: true });
export const closeActivity = (): void => useActivityOpen.setState({ isOpen: false });
export const toggleActivity = (): void => useActivityOpen.setState(({ isOpen }) => ({ isOpen: !isOpen }));
