import { gql } from "urql";

export interface Video {
  id: string;
  prompt: string;
  status: string;
  progress: { fraction: number } | null;
  url: string | null;
  error: { code: string; message: string } | null;
  finishedAt: string | null;
}

export const CREATE_VIDEO = gql<{ createVideo: { video: Video } }, { input: { prompt: string } }>`
  mutation CreateVideo($input: CreateVideoInput!) {
    createVideo(input: $input) {
      video { id prompt status progress { fraction } url error { code message } finishedAt }
    }
  }
`;

export const VIDEO_STATUS = gql<{ videoStatus: Video }, { id: string }>`
  subscription VideoStatus($id: ID!) {
    videoStatus(id: $id) { id prompt status progress { fraction } url error { code message } finishedAt }
  }
`;
