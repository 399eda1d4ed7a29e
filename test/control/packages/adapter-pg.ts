export * from '@prisma/adapter-pg';
