import { gql, type TypedDocumentNode } from "@apollo/client";

export interface Video {
  id: string;
  prompt: string;
  status: string;
  progress: { fraction: number } | null;
  url: string | null;
  error: { code: string; message: string } | null;
  finishedAt: string | null;
}

export const CREATE_VIDEO: TypedDocumentNode<
  { createVideo: { video: Pick<Video, "id"> } },
  { input: { prompt: string } }
> = gql`
  mutation CreateVideo($input: CreateVideoInput!) {
    createVideo(input: $input) { video { id } }
  }
`;

export const VIDEO_STATUS: TypedDocumentNode<{ videoStatus: Video }, { id: string }> = gql`
  subscription VideoStatus($id: ID!) {
    videoStatus(id: $id) { id prompt status progress { fraction } url error { code message } finishedAt }
  }
`;

export const LATEST_VIDEOS: TypedDocumentNode<{ videos: { nodes: Pick<Video, "id" | "prompt" | "status">[] } }> = gql`
  query LatestVideos {
    videos(first: 10) { nodes { id prompt status } }
  }
`;
