@echo off
rem Serves the folder "site" beside this file to the browser of this computer, and to nobody else.
rem Windows brings all that is needed: PowerShell compiles the small server in tools\Server.cs and runs it.
title Glassformer
pushd "%~dp0"
if not exist "tools\Server.cs" (
  echo The folder "tools" is not beside this file. Please unpack the whole zip, and start it from there.
  pause
  exit /b 1
)
powershell -NoLogo -NoProfile -ExecutionPolicy Bypass -Command "Add-Type -TypeDefinition ([IO.File]::ReadAllText((Join-Path (Get-Location) 'tools\Server.cs'))); exit [Glassformer.Server]::Main(@('site'))"
if errorlevel 1 (
  echo.
  echo Glassformer could not start. Please open glassformer.html in this folder instead:
  echo it is the whole page in one file.
  pause
)
