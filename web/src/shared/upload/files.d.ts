// What Chromium has and the library of types has not.
interface FileSystemHandle {
  queryPermission?: (wanted: { mode: 'read' }) => Promise<PermissionState>
  requestPermission?: (wanted: { mode: 'read' }) => Promise<PermissionState>
}
interface DataTransferItem {
  getAsFileSystemHandle?: () => Promise<FileSystemHandle | null>
}
interface Window {
  showOpenFilePicker?: (wanted: { multiple: boolean }) => Promise<FileSystemFileHandle[]>
}
