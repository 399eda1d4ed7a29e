import '@mantine/core/styles.css';
import './parts/direction.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queries } from './api/client';
import { BrandedTheme } from './parts/branded-theme';
import { router } from './router';
import { loadTexts } from './texts/texts';

await loadTexts();
const root = document.getElementById('root');
if (root !== null)
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <BrandedTheme>
          <RouterProvider router={router} />
        </BrandedTheme>
      </QueryClientProvider>
    </StrictMode>,
  );
