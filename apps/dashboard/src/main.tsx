import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { ClientError } from '@wherry/wire/client-error';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import './styles.css';

/** What only a person can change is not asked for again. */
const worthAnotherTry = (failures: number, error: Error): boolean =>
  failures < 2 && !(error instanceof ClientError && error.status !== undefined && error.status < 500);

const queries = new QueryClient({
  defaultOptions: {
    queries: { retry: worthAnotherTry, staleTime: 1_000, refetchIntervalInBackground: false },
  },
});

createRoot(document.querySelector('#root') as HTMLElement).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
);
