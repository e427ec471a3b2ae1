import { createContext, useContext } from 'react';
import type { Session } from './session.ts';

export const CurrentSession = createContext<Session | undefined>(undefined);

/** Whoever is signed in; only used inside the frame, where somebody is. */
export function useSession(): Session {
  const session = useContext(CurrentSession);
  if (session === undefined) throw new Error('nobody is signed in');
  return session;
}
