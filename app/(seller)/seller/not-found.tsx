export { UnknownId as default } from '#components/console/unknown-id.tsx';
